// Rules of diagnosis and their versions.
import { useQuery } from '@tanstack/react-query';
import type {
  RuleCheck,
  RuleDiff,
  RuleMove,
  RuleReportCard,
  RuleSummary,
  RuleVersionText,
  RuleWithVersions,
} from '#contracts';
import { useAction } from './action.ts';
import { call } from './http.ts';
import { keys } from './keys.ts';
import type { Page } from './shapes.ts';

export const useRules = () =>
  useQuery({ queryKey: keys.rules, queryFn: () => call<Page<RuleSummary>>('GET', '/rules') });

export const useRule = (rule: string) =>
  useQuery({ queryKey: keys.rule(rule), queryFn: () => call<RuleWithVersions>('GET', `/rules/${rule}`) });

export const useReportCards = (rule: string) =>
  useQuery({
    queryKey: [...keys.rule(rule), 'report-cards'],
    queryFn: () => call<Page<RuleReportCard>>('GET', `/rules/${rule}/report-cards`),
  });

/** Without a version nothing is asked. */
export const useRuleVersion = (rule: string, version: number | null) =>
  useQuery({
    queryKey: [...keys.rule(rule), version],
    queryFn: () => call<RuleVersionText>('GET', `/rules/${rule}/versions/${version}`),
    enabled: version !== null,
  });

export const useRuleDiff = (rule: string, from: number, to: number) =>
  useQuery({
    queryKey: [...keys.rule(rule), 'diff', from, to],
    queryFn: () => call<RuleDiff>('GET', `/rules/${rule}/diff?from=${from}&to=${to}`),
  });

export const useCheckRule = () => useAction((text: string) => call<RuleCheck>('POST', '/rules/check', { text }));

export type WrittenRule = { text: string; note: string; imported: boolean };
export const useWriteRule = () => useAction((rule: WrittenRule) => call<RuleVersionText>('POST', '/rules', rule));

export const useEditDraft = (rule: string, version: number) =>
  useAction((draft: { text: string; note: string }) =>
    call<RuleVersionText>('PUT', `/rules/${rule}/versions/${version}`, draft),
  );

export const useMoveRule = (rule: string, version: number) =>
  useAction((wish: { move: RuleMove; note: string }) =>
    call<RuleVersionText>('POST', `/rules/${rule}/versions/${version}/moves`, wish),
  );
