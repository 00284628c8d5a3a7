// Cases with their clocks; a row opens the case beside the list.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { ServiceCase } from '#contracts';
import { useCases } from '../../client/queries.ts';
import { VisitClock } from '../../parts/case/clock.tsx';
import { Segments } from '../../parts/form/fields.tsx';
import { MasterDetail } from '../../parts/shell/master-detail.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { CaseStatePill, SeverityPill } from '../../parts/status/pills.tsx';
import { useSay, useTimes } from '../../reader.tsx';
import { CaseDetail } from './case-detail.tsx';

export function ServiceCasesPage({ id }: { id?: string | undefined }) {
  const { t } = useTranslation();
  const [state, setState] = useState<'open' | 'closed'>('open');
  const cases = useCases(state);
  const shown = id ?? cases.data?.items[0]?.id;
  const list = (
    <>
      <PageHead title={t('case.title')}>
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
      <Loaded from={cases} lines={8}>
        {({ items }) =>
          items.length === 0 ? (
            <div className="card">
              <Empty>{t('case.none')}</Empty>
            </div>
          ) : (
            <ul className="card rows list">
              {items.map((of) => (
                <CaseRow key={of.id} of={of} shown={of.id === shown} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
  return (
    <MasterDetail chosen={id !== undefined} back={{ to: '/cases', words: t('case.title') }} list={list}>
      {shown && <CaseDetail key={shown} id={shown} />}
    </MasterDetail>
  );
}

function CaseRow({ of, shown }: { of: ServiceCase; shown: boolean }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const visit = of.visits.at(-1);
  const where = of.household ? `${of.household.name} · ${of.household.region}` : t('appliance.noHousehold');
  return (
    <li className={shown ? 'shown' : undefined}>
      <Link className="row-link" href={`/cases/${of.id}`} aria-current={shown ? 'true' : undefined}>
        <span>
          <strong>{say.phrase(of.title)}</strong>
          <span className="small block">
            {of.applianceName} · {where}
          </span>
          <span className="small block">{t('time.from', { when: times.relative(of.openedAt) })}</span>
          {visit && of.state === 'open' && (
            <span className="small block">
              {[visit.technician?.name, t(`visitState.${visit.state}`)].filter(Boolean).join(' · ')}
            </span>
          )}
        </span>
        <span className="pills">
          {of.state === 'open' ? <SeverityPill severity={of.severity} /> : <CaseStatePill state={of.state} />}
          {visit && <VisitClock visit={visit} />}
        </span>
      </Link>
    </li>
  );
}
