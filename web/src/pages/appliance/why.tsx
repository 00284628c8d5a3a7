// Why and why not: what diagnosis held the appliance to be, now or at any time, and what would change it.
import { useTranslation } from 'react-i18next';
import { useLocation, useSearch } from 'wouter';
import type { Appliance, Explanation, LearnedUsual } from '#contracts';
import { useExplanation } from '../../client/explanations.ts';
import { useNow } from '../../clock.ts';
import { RuleCard } from '../../parts/diagnosis/explained-rule.tsx';
import { useEntry } from '../../parts/form/entry.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { useSay, useTimes } from '../../reader.tsx';

export function ApplianceWhy({ appliance }: { appliance: Appliance }) {
  const { t } = useTranslation();
  const at = askedTime(useSearch());
  const explanation = useExplanation(appliance.id, at);
  return (
    <div className="stack">
      <WhenCard key={at} at={at} />
      {explanation.isPending && <p className="soft">{t('why.takesTime')}</p>}
      <Loaded from={explanation} lines={14}>
        {(data) => <Told explanation={data} />}
      </Loaded>
    </div>
  );
}

const ORDER: readonly Explanation['rules'][number]['state'][] = ['open', 'coming', 'quiet', 'unknown'];

function Told({ explanation }: { explanation: Explanation }) {
  const { rules, usual, readings } = explanation;
  const sorted = rules.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return (
    <>
      <DataNote explanation={explanation} />
      {sorted.map((rule) => (
        <RuleCard key={rule.rule} rule={rule} />
      ))}
      {readings !== 'none' && <UsualCard usual={usual} />}
    </>
  );
}

function DataNote({ explanation: { at, from, readings, newestAt, notKept } }: { explanation: Explanation }) {
  const { t } = useTranslation();
  const times = useTimes();
  return (
    <section className="card">
      <h2>{t('why.at', { when: times.moment(at) })}</h2>
      {readings === 'none' && <p>{t('why.noReadings', { from: times.moment(from) })}</p>}
      {readings === 'old' && <p>{t('why.oldReadings', { when: times.moment(newestAt!) })}</p>}
      {readings === 'fresh' && <p className="soft">{t('why.basis', { from: times.moment(from) })}</p>}
      {notKept.length > 0 && <p className="small">{t('why.notKept')}</p>}
    </section>
  );
}

/** ISO 8601; null: now. */
function askedTime(search: string): string | null {
  const at = new URLSearchParams(search).get('at');
  return at !== null && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString() : null;
}

/** As a field for date and time takes it, where the reader is. */
function localTime(at: string | null): string {
  if (at === null) return '';
  const when = new Date(at);
  return new Date(when.getTime() - when.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function WhenCard({ at }: { at: string | null }) {
  const { t } = useTranslation();
  const [path, go] = useLocation();
  const now = useNow();
  const { entry, set } = useEntry({ when: localTime(at) });
  const ask = (event: React.FormEvent) => {
    event.preventDefault();
    go(entry.when === '' ? path : `${path}?at=${encodeURIComponent(new Date(entry.when).toISOString())}`);
  };
  return (
    <section className="card">
      <h2>{t('why.title')}</h2>
      <p className="soft">{t('why.lead')}</p>
      <form className="when" onSubmit={ask}>
        <TextField
          label={t('why.when')}
          type="datetime-local"
          optional
          max={localTime(new Date(now).toISOString())}
          value={entry.when}
          onValue={(when) => set({ when })}
        />
        <button type="submit" className="button quiet">
          {t('why.ask')}
        </button>
      </form>
    </section>
  );
}

function UsualCard({ usual }: { usual: readonly LearnedUsual[] }) {
  const { t } = useTranslation();
  const say = useSay();
  return (
    <section className="card">
      <h2>{t('why.usual')}</h2>
      <p className="soft">{t('why.usualLead')}</p>
      {usual.length === 0 && <Empty>{t('why.nothingUsual')}</Empty>}
      <dl className="facts">
        {usual.map(({ measure, name, days, ofModel, level, drift, certain }) => (
          <div key={measure}>
            <dt>{say.phrase(name)}</dt>
            <dd>
              {say.quantity(level)}
              <span className="small block">
                {[
                  ofModel ? t('why.ofModel') : t('why.days', { count: days }),
                  drift && t('why.drift', { drift: say.quantity(drift) }),
                  certain && t('why.certain', { drift: say.quantity(certain) }),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
