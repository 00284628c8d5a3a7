// Do the counts balance? What was received and what became of it, and where the two differ.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Ledger, LedgerDay, LedgerDifference } from '#contracts';
import { usePerson } from '../../client/queries.ts';
import { useLedger, useSettleDifference } from '../../client/upkeep.ts';
import { offers } from '../../parts/offers.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useTimes } from '../../reader.tsx';

export function LedgerPage() {
  const { t } = useTranslation();
  const ledger = useLedger();
  return (
    <div className="narrow wide">
      <PageHead
        title={t('ledger.title')}
        lead={t('ledger.lead')}
        back={{ to: '/settings', words: t('settings.title') }}
      />
      <Loaded from={ledger} lines={8}>
        {(data) => (
          <>
            <Balance ledger={data} />
            <section className="card">
              <h2>{t('ledger.days')}</h2>
              {data.days.length === 0 && <Empty>{t('ledger.noDays')}</Empty>}
              <ul className="rows">
                {data.days.map((day) => (
                  <DayRow key={day.day} day={day} />
                ))}
              </ul>
            </section>
          </>
        )}
      </Loaded>
    </div>
  );
}

function Balance({ ledger: { checks, differences } }: { ledger: Ledger }) {
  const { t } = useTranslation();
  const times = useTimes();
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('ledger.balance')}</h2>
        <Pill tone={differences.length === 0 ? 'fine' : 'attention'}>
          {differences.length === 0 ? t('ledger.balances') : t('ledger.differences', { count: differences.length })}
        </Pill>
      </div>
      {checks.length === 0 && <Empty>{t('ledger.notChecked')}</Empty>}
      <ul className="rows">
        {differences.map((difference) => (
          <DifferenceRow key={difference.id} difference={difference} />
        ))}
        {checks.map(({ balance, at }) => (
          <li key={balance}>
            <span>{t(`ledger.of.${balance}`)}</span>
            <span className="small">{t('ledger.checked', { when: times.moment(at) })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function DifferenceRow({ difference }: { difference: LedgerDifference }) {
  const { t } = useTranslation();
  const times = useTimes();
  const { role } = usePerson();
  const { id, balance, appliance, from, to, expectedLow, expectedHigh, found } = difference;
  const settle = useSettleDifference(id);
  const expected = expectedLow === expectedHigh ? `${expectedLow}` : `${expectedLow}–${expectedHigh}`;
  return (
    <li className="block">
      <div className="card-head">
        <strong>{t(`ledger.of.${balance}`)}</strong>
        <span className="small">
          {times.moment(from)} – {times.moment(to)}
        </span>
      </div>
      <p>{t('ledger.found', { expected, found })}</p>
      <div className="card-head">
        <Link className="small" href={`/appliances/${appliance}`}>
          {appliance}
        </Link>
        {offers(role, 'settleLedger') && (
          <button
            type="button"
            className="button quiet small"
            disabled={settle.isPending}
            onClick={() => settle.mutate()}
          >
            {t('ledger.settle')}
          </button>
        )}
      </div>
      <ProblemNote error={settle.error} />
    </li>
  );
}

function DayRow({ day }: { day: LedgerDay }) {
  const { t } = useTranslation();
  const { received, decoded, quarantined, commands, readings, repeated, rejected } = day;
  return (
    <li className="block">
      <strong>{day.day.slice(0, 10)}</strong>
      <p className="small">{t('ledger.messages', { received, decoded, quarantined, commands })}</p>
      <p className="small">{t('ledger.readings', { readings, repeated, rejected })}</p>
    </li>
  );
}
