// The file that an appliance keeps for life: warranty at a glance, manual, what to change, what has happened.
import { useTranslation } from 'react-i18next';
import type { Appliance, Passport } from '#contracts';
import { usePassport } from '../../client/file.ts';
import { usePerson } from '../../client/queries.ts';
import { offers } from '../../parts/offers.ts';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { Mark, Pill } from '../../parts/status/mark.tsx';
import { SEVERITY_TONES } from '../../parts/status/pills.tsx';
import { useSay, useTimes } from '../../reader.tsx';
import { ConsumablesCard } from './consumables.tsx';
import { EditPassport } from './edit-passport.tsx';
import { FactsCard } from './facts.tsx';

export function ApplianceFile({ appliance }: { appliance: Appliance }) {
  const passport = usePassport(appliance.id);
  const { role } = usePerson();
  return (
    <Loaded from={passport} lines={10}>
      {(data) => (
        <div className="columns">
          <div className="stack">
            <WarrantyCard passport={data} />
            <ConsumablesCard passport={data} />
            <HistoryCard passport={data} />
          </div>
          <div className="stack">
            <ManualsCard passport={data} />
            <FactsCard passport={data} />
            {offers(role, 'editPassport') && <EditPassport passport={data} />}
          </div>
        </div>
      )}
    </Loaded>
  );
}

function WarrantyCard({ passport }: { passport: Passport }) {
  const { t } = useTranslation();
  const times = useTimes();
  const { start, startsWith, ends, months, inWarranty, daysLeft } = passport.warranty;
  const since = start && startsWith && t(`file.startsWith.${startsWith}`, { months, day: times.date(start) });
  return (
    <section className="card warranty">
      <div className="card-head">
        <h2>{t('file.warranty')}</h2>
        <Pill tone={inWarranty ? 'fine' : 'silent'}>
          {t(ends === null ? 'file.noWarranty' : inWarranty ? 'file.inWarranty' : 'file.outOfWarranty')}
        </Pill>
      </div>
      {ends && (
        <p className="headline">
          {inWarranty
            ? `${t('file.warrantyUntil', { day: times.date(ends) })} · ${t('file.daysLeft', { count: daysLeft ?? 0 })}`
            : t('file.warrantyEnded', { day: times.date(ends) })}
        </p>
      )}
      {since && <p className="soft">{since}</p>}
      {passport.supportEndsOn && (
        <p className="small">{t('file.supportUntil', { day: times.date(passport.supportEndsOn) })}</p>
      )}
    </section>
  );
}

function ManualsCard({ passport }: { passport: Passport }) {
  const { t, i18n } = useTranslation();
  const mineFirst = passport.manuals.toSorted(
    (a, b) => Number(b.language === i18n.language) - Number(a.language === i18n.language),
  );
  return (
    <section className="card">
      <h2>{t('file.manuals')}</h2>
      {mineFirst.length === 0 && <Empty>{t('file.noManuals')}</Empty>}
      <ul className="rows">
        {mineFirst.map(({ language, title, url }) => (
          <li key={url}>
            <a href={url} target="_blank" rel="noreferrer">
              {title}
            </a>
            <span className="small">{t(`file.languages.${language}`)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function HistoryCard({ passport }: { passport: Passport }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  return (
    <section className="card">
      <h2>{t('file.history')}</h2>
      {passport.history.length === 0 && <Empty>{t('file.noHistory')}</Empty>}
      <ul className="timeline">
        {passport.history.map((entry) => (
          <li key={`${entry.at} ${entry.what} ${entry.text.en}`}>
            <p>
              {entry.severity && (
                <span className={`inline-mark tone-${SEVERITY_TONES[entry.severity]}`}>
                  <Mark shape={entry.severity === 'notice' ? 'info' : SEVERITY_TONES[entry.severity]} />
                </span>
              )}
              {say.phrase(entry.text)}
            </p>
            <p className="small">
              {times.date(entry.at)}
              {entry.endedAt && ` · ${t('file.until', { when: times.date(entry.endedAt) })}`}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
