// One backtest: how far it is, what it found, what differs.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Backtest, BacktestResult, BacktestState, Compared } from '#contracts';
import { useBacktest, useBacktestFindings, useInterruptBacktest, useResumeBacktest } from '../../client/backtests.ts';
import { usePerson } from '../../client/queries.ts';
import { Segments } from '../../parts/form/fields.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { offers } from '../../parts/offers.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { Pill, type Tone } from '../../parts/status/mark.tsx';
import { More } from '../../parts/status/more.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useSay, useTimes } from '../../reader.tsx';
import { ComparedList, ComparisonCard, causesOf, type SideNames } from './comparison.tsx';

export function BacktestPage({ id }: { id: string }) {
  const found = useBacktest(id);
  const { t } = useTranslation();
  const say = useSay();
  const titleOf = useBacktestTitle();
  const { data } = found;
  const back = data
    ? { to: `/rules/${data.rule}/${data.version}/history`, words: say.phrase(data.title) }
    : { to: '/rules', words: t('rules.title') };
  return (
    <div className="narrow wide">
      <PageHead title={data ? titleOf(data) : t('backtest.try')} back={back} />
      <Loaded from={found} lines={10}>
        {(backtest) => <Shown backtest={backtest} />}
      </Loaded>
    </div>
  );
}

/** How a backtest is called. */
export function useBacktestTitle(): (backtest: Backtest) => string {
  const { t } = useTranslation();
  return ({ version, against }) =>
    against ? t('backtest.titleAgainst', { version, against: against.version }) : t('backtest.title', { version });
}

function Shown({ backtest }: { backtest: BacktestResult }) {
  const { t } = useTranslation();
  const { version, against, state, found } = backtest;
  const names: SideNames = {
    a: t('backtest.a', { version }),
    b: against && t('backtest.b', { version: against.version }),
    onlyA: t('backtest.onlyA'),
    onlyB: t('backtest.onlyB'),
  };
  return (
    <>
      <About backtest={backtest} />
      <ComparisonCard
        title={t(state === 'done' ? 'backtest.result' : 'backtest.resultSoFar')}
        hint={t('backtest.visitHint')}
        found={found}
        names={names}
      />
      <Findings backtest={backtest} names={names} />
    </>
  );
}

const TONES: Record<BacktestState, Tone> = {
  waiting: 'new',
  running: 'new',
  done: 'fine',
  interrupted: 'attention',
  failed: 'danger',
};

export function BacktestPill({ state }: { state: BacktestState }) {
  const { t } = useTranslation();
  return (
    <Pill tone={TONES[state]} shape={state === 'running' ? 'clock' : undefined}>
      {t(`backtest.state.${state}`)}
    </Pill>
  );
}

function About({ backtest }: { backtest: Backtest }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const { id, state, error, waitsForReadings, from, to, askedAt, askedBy, notInHistory } = backtest;
  const { appliances, done, applianceDays, silent } = backtest.progress;
  const how = [
    t('backtest.progress', { done: say.number(done), appliances: say.number(appliances) }),
    t('backtest.days', { days: say.number(applianceDays) }),
    silent > 0 && t('backtest.silent', { silent: say.number(silent) }),
  ];
  return (
    <section className="card">
      <div className="card-head">
        <BacktestPill state={state} />
      </div>
      <progress max={appliances} value={done} aria-label={how[0] as string} />
      <p className="small">{how.filter((part) => part).join(' · ')}</p>
      {waitsForReadings && <p className="note tone-attention">{t('backtest.waitsForReadings')}</p>}
      {error && <p className="note tone-danger">{error}</p>}
      <dl className="facts">
        <div>
          <dt>{t('backtest.span')}</dt>
          <dd>{t('backtest.spanOf', { from: times.date(from), to: times.date(to) })}</dd>
        </div>
        <div>
          <dt>{t('backtest.scope')}</dt>
          <dd>{useScope(backtest)}</dd>
        </div>
        <div>
          <dt>{t('backtest.asked')}</dt>
          <dd>{[times.moment(askedAt), askedBy?.name].filter((part) => part).join(' · ')}</dd>
        </div>
        <div>
          <dt>{t('backtest.missing')}</dt>
          <dd>
            {notInHistory.map((what) => (
              <span key={what} className="small block">
                {t(`backtest.notInHistory.${what}`)}
              </span>
            ))}
          </dd>
        </div>
      </dl>
      <div className="actions">
        {(['csv', 'ndjson'] as const).map((format) => (
          <a
            key={format}
            className="button quiet small"
            href={`/api/v1/rules/backtests/${id}/file?format=${format}`}
            download
          >
            {t(`backtest.${format}`)}
          </a>
        ))}
      </div>
      <Moves backtest={backtest} />
    </section>
  );
}

function useScope({ scope: { ids, model } }: Backtest): string {
  const { t } = useTranslation();
  if (ids !== null) return t('backtest.scopeIds', { count: ids });
  return model ?? t('backtest.scopeFleet');
}

function Moves({ backtest: { id, state } }: { backtest: Backtest }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const interrupt = useInterruptBacktest(id);
  const resume = useResumeBacktest(id);
  if (!offers(role, 'editRules')) return null;
  if (state === 'waiting' || state === 'running') {
    return (
      <div className="actions">
        <SureButton words={t('backtest.interrupt')} sure={t('backtest.sureInterrupt')} action={interrupt} />
      </div>
    );
  }
  if (state === 'done') return null;
  return (
    <div className="actions">
      <button type="button" className="button small" disabled={resume.isPending} onClick={() => resume.mutate()}>
        {t('backtest.resume')}
      </button>
      <ProblemNote error={resume.error} />
    </div>
  );
}

const WHICH: readonly Compared[] = ['all', 'both', 'only-a', 'only-b'];

function Findings({
  backtest: { id, against, found, progress },
  names,
}: {
  backtest: BacktestResult;
  names: SideNames;
}) {
  const { t } = useTranslation();
  const [which, setWhich] = useState<Compared>('all');
  const list = useBacktestFindings(id, which, progress.done);
  return (
    <section className="card">
      <h2>{t('backtest.each')}</h2>
      {against && (
        <Segments
          label={t('table.show')}
          value={which}
          choices={WHICH.map((value) => ({ value, words: t(`backtest.which.${value}`) }))}
          onValue={(value) => setWhich(value as Compared)}
        />
      )}
      <Loaded from={list} lines={4}>
        {({ items }) => <ComparedList findings={items} names={names} causes={causesOf(found.a, found.b)} />}
      </Loaded>
      <More of={list} />
    </section>
  );
}
