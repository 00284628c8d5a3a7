// A version of a rule tried on history: what to try it on, and what was tried before.
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import type { Backtest } from '#contracts';
import { useAskBacktest, useBacktests } from '../../client/backtests.ts';
import { useModels, usePerson } from '../../client/queries.ts';
import { useRule } from '../../client/rules.ts';
import { useEntry } from '../../parts/form/entry.ts';
import { Choice, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { offers } from '../../parts/offers.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { useSay, useTimes } from '../../reader.tsx';
import { BacktestPill, useBacktestTitle } from './backtest.tsx';

export function TryOnHistoryPage({ rule, version }: { rule: string; version: number }) {
  const { t } = useTranslation();
  const found = useRule(rule);
  const { role } = usePerson();
  return (
    <div className="narrow wide">
      <PageHead
        title={t('backtest.try')}
        lead={t('backtest.tryLead')}
        back={{ to: `/rules/${rule}/${version}`, words: t('rules.version', { version }) }}
      />
      {offers(role, 'editRules') && (
        <section className="card">
          <Loaded from={found} lines={8}>
            {({ versions }) => (
              <AskForm
                rule={rule}
                version={version}
                others={versions.filter((one) => one.version !== version).map((one) => one.version)}
                live={versions.find(({ state }) => state === 'live')?.version ?? null}
              />
            )}
          </Loaded>
        </section>
      )}
      <Before rule={rule} />
    </div>
  );
}

const DAY_MS = 24 * 60 * 60_000;
const SPAN_DAYS = 30;
/** The browser's and the platform's. */
const CLOCKS_DIFFER_MS = 60_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

type AskFormProps = { rule: string; version: number; others: readonly number[]; live: number | null };

function AskForm({ rule, version, others, live }: AskFormProps) {
  const { t } = useTranslation();
  const say = useSay();
  const { now } = useTimes();
  const models = useModels().data?.items ?? [];
  const [, go] = useLocation();
  const ask = useAskBacktest();
  const { entry, set } = useEntry({
    against: live === null || live === version ? '' : String(live),
    from: dayOf(now - SPAN_DAYS * DAY_MS),
    to: dayOf(now),
    model: '',
    appliance: '',
  });
  const send = () => {
    const { against, from, to, model, appliance } = entry;
    const ids = appliance.trim() === '' ? null : [appliance.trim()];
    ask.mutate(
      {
        rule,
        version,
        against: against === '' ? null : Number(against),
        from: `${from}T00:00:00Z`,
        to: new Date(Math.min(Date.parse(`${to}T00:00:00Z`) + DAY_MS, now - CLOCKS_DIFFER_MS)).toISOString(),
        appliances: { ids, model: model === '' ? null : model },
      },
      { onSuccess: ({ id }) => go(`/rules/backtests/${id}`) },
    );
  };
  return (
    <Form action={t('backtest.start')} busy={ask.isPending} error={ask.error} onSubmit={send}>
      {others.length > 0 && (
        <Choice
          label={t('backtest.against')}
          hint={t('backtest.againstHint')}
          optional
          value={entry.against}
          choices={others.map((one) => ({ value: String(one), words: t('rules.version', { version: one }) }))}
          onValue={(against) => set({ against })}
        />
      )}
      <TextField label={t('backtest.from')} type="date" value={entry.from} onValue={(from) => set({ from })} />
      <TextField
        label={t('backtest.to')}
        hint={t('backtest.spanHint')}
        type="date"
        value={entry.to}
        onValue={(to) => set({ to })}
      />
      <Choice
        label={t('backtest.model')}
        hint={t('backtest.modelHint')}
        optional
        value={entry.model}
        choices={models.map(({ id, brand, name }) => ({ value: id, words: `${brand} ${say.phrase(name)}` }))}
        onValue={(model) => set({ model })}
      />
      <TextField
        label={t('backtest.appliance')}
        optional
        maxLength={36}
        value={entry.appliance}
        onValue={(appliance) => set({ appliance })}
      />
    </Form>
  );
}

function Before({ rule }: { rule: string }) {
  const { t } = useTranslation();
  const list = useBacktests(rule);
  return (
    <section className="card">
      <h2>{t('backtest.list')}</h2>
      <Loaded from={list} lines={3}>
        {({ items }) => (
          <>
            {items.length === 0 && <Empty>{t('backtest.none')}</Empty>}
            <ul className="rows">
              {items.map((backtest) => (
                <BacktestRow key={backtest.id} backtest={backtest} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </section>
  );
}

function BacktestRow({ backtest }: { backtest: Backtest }) {
  const { t } = useTranslation();
  const titleOf = useBacktestTitle();
  const times = useTimes();
  const { id, state, from, to, askedAt, askedBy } = backtest;
  const about = [
    t('backtest.spanOf', { from: times.date(from), to: times.date(to) }),
    times.moment(askedAt),
    askedBy?.name,
  ];
  return (
    <li>
      <Link className="row-link" href={`/rules/backtests/${id}`}>
        <span>
          <strong>{titleOf(backtest)}</strong>
          <span className="small block">{about.filter((part) => part).join(' · ')}</span>
        </span>
        <BacktestPill state={state} />
      </Link>
    </li>
  );
}
