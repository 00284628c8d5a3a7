// Live values within a remote session that the household has agreed to. Nothing is asked before somebody presses the button.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Appliance } from '#contracts';
import { useLiveValues, useRemoteSessions } from '../../client/file.ts';
import { usePerson } from '../../client/queries.ts';
import { LatestValues } from '../../parts/appliance/latest-values.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';

export function LiveCard({ appliance }: { appliance: Appliance }) {
  const { t } = useTranslation();
  const person = usePerson();
  const [looking, setLooking] = useState(false);
  const sessions = useRemoteSessions(appliance.id);
  const runs = sessions.data?.items.some(({ state, by }) => state === 'running' && by.id === person.id) ?? false;
  if (!runs) return null;
  return (
    <section className="card">
      <h2>{t('access.live')}</h2>
      <p className="soft">{t('access.liveLead')}</p>
      {looking ? (
        <LiveValues appliance={appliance} />
      ) : (
        <button type="button" className="button" onClick={() => setLooking(true)}>
          {t('access.look')}
        </button>
      )}
    </section>
  );
}

function LiveValues({ appliance }: { appliance: Appliance }) {
  const { t } = useTranslation();
  const live = useLiveValues(appliance.id);
  const known = new Map(appliance.latest.map((value) => [value.signal, value]));
  return (
    <Loaded from={live}>
      {({ values }) => {
        if (values.length === 0) return <Empty>{t('access.liveNothing')}</Empty>;
        const { words, unit } = { words: null, unit: null };
        return <LatestValues latest={values.map((value) => ({ words, unit, ...known.get(value.signal), ...value }))} />;
      }}
    </Loaded>
  );
}
