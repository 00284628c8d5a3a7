// Alerts of the whole fleet; a row opens the evidence beside the list.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAlerts } from '../../client/queries.ts';
import { Segments } from '../../parts/form/fields.tsx';
import { MasterDetail } from '../../parts/shell/master-detail.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { URGENCY } from '../../parts/status/urgency.ts';
import { AlertDetail } from './alert-detail.tsx';
import { AlertTable } from './alert-table.tsx';

export function ServiceAlertsPage({ id }: { id?: string | undefined }) {
  const { t } = useTranslation();
  const [state, setState] = useState<'open' | 'closed'>('open');
  const alerts = useAlerts(state);
  const items = alerts.data?.items.toSorted((a, b) => URGENCY[a.severity] - URGENCY[b.severity]) ?? [];
  const shown = id ?? items[0]?.id;
  const list = (
    <>
      <PageHead title={t('nav.alerts')}>
        <Segments
          label={t('table.show')}
          value={state}
          choices={[
            { value: 'open', words: t('table.open') },
            { value: 'closed', words: t('table.past') },
          ]}
          onValue={(value) => setState(value as 'open' | 'closed')}
        />
      </PageHead>
      <Loaded from={alerts} lines={8}>
        {() =>
          items.length === 0 ? (
            <div className="card">
              <Empty>{t(state === 'open' ? 'alert.noMore' : 'alert.none')}</Empty>
            </div>
          ) : (
            <AlertTable alerts={items} shown={shown} />
          )
        }
      </Loaded>
    </>
  );
  return (
    <MasterDetail chosen={id !== undefined} back={{ to: '/alerts', words: t('nav.alerts') }} list={list}>
      {shown && <AlertDetail key={shown} id={shown} />}
    </MasterDetail>
  );
}
