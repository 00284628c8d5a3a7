// Rules tried on history, and the version on silent trial beside what is live.
import { useQuery } from '@tanstack/react-query';
import type { Backtest, BacktestResult, Compared, ComparedFinding, RuleTrial } from '#contracts';
import { useAction, useCommand } from './action.ts';
import { call } from './http.ts';
import { keys } from './keys.ts';
import { usePages } from './pages.ts';
import type { Page } from './shapes.ts';

const WHILE_IT_RUNS_MS = 3_000;

const isUnderWay = ({ state }: Backtest): boolean => state === 'waiting' || state === 'running';

/** Of one rule, newest first. */
export const useBacktests = (rule: string) =>
  useQuery({
    queryKey: [...keys.rule(rule), 'backtests'],
    queryFn: () => call<Page<Backtest>>('GET', `/rules/backtests?rule=${rule}`),
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) ? WHILE_IT_RUNS_MS : false),
  });

/** Asked for again while it is under way. */
export const useBacktest = (id: string) =>
  useQuery({
    queryKey: keys.backtest(id),
    queryFn: () => call<BacktestResult>('GET', `/rules/backtests/${id}`),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? WHILE_IT_RUNS_MS : false),
  });

/** `done`: how many appliances are; with each more there may be more. */
export const useBacktestFindings = (id: string, which: Compared, done: number) =>
  usePages<ComparedFinding>([...keys.backtest(id), String(done)], `/rules/backtests/${id}/findings`, { which });

export type WantedBacktest = {
  rule: string;
  version: number;
  against: number | null;
  from: string;
  to: string;
  appliances: { ids: string[] | null; model: string | null };
};
export const useAskBacktest = () =>
  useAction((wish: WantedBacktest) => call<Backtest>('POST', '/rules/backtests', wish));
export const useInterruptBacktest = (id: string) => useCommand<Backtest>(`/rules/backtests/${id}/interruption`);
export const useResumeBacktest = (id: string) => useCommand<Backtest>(`/rules/backtests/${id}/resumption`);

export const useRuleTrial = (rule: string) =>
  useQuery({
    queryKey: [...keys.rule(rule), 'trial'],
    queryFn: () => call<RuleTrial>('GET', `/rules/${rule}/trial`),
  });
