// States of the domain as pills.
import { useTranslation } from 'react-i18next';
import type { AlertState, CaseState, Condition, Severity, VisitState } from '#contracts';
import { Pill, type Tone } from './mark.tsx';

export const SEVERITY_TONES = { notice: 'new', warning: 'attention', critical: 'danger' } as const satisfies Record<
  Severity,
  Tone
>;

const ALERT_TONES = {
  open: 'attention',
  acknowledged: 'new',
  snoozed: 'silent',
  resolved: 'fine',
  withdrawn: 'silent',
} as const satisfies Record<AlertState, Tone>;

const CASE_TONES = { open: 'new', verifying: 'new', closed: 'fine' } as const satisfies Record<CaseState, Tone>;

const VISIT_TONES = {
  unassigned: 'attention',
  offered: 'new',
  accepted: 'fine',
  done: 'fine',
  cancelled: 'silent',
} as const satisfies Record<VisitState, Tone>;

export function ConditionPill({ condition }: { condition: Condition }) {
  const { t } = useTranslation();
  return <Pill tone={condition}>{t(`condition.${condition}`)}</Pill>;
}

export function SeverityPill({ severity }: { severity: Severity }) {
  const { t } = useTranslation();
  return (
    <Pill tone={SEVERITY_TONES[severity]} shape={severity === 'notice' ? 'info' : undefined}>
      {t(`severity.${severity}`)}
    </Pill>
  );
}

export function AlertStatePill({ state }: { state: AlertState }) {
  const { t } = useTranslation();
  return <Pill tone={ALERT_TONES[state]}>{t(`alertState.${state}`)}</Pill>;
}

export function CaseStatePill({ state }: { state: CaseState }) {
  const { t } = useTranslation();
  return (
    <Pill tone={CASE_TONES[state]} shape={state === 'closed' ? undefined : 'clock'}>
      {t(`caseState.${state}`)}
    </Pill>
  );
}

export function VisitStatePill({ state }: { state: VisitState }) {
  const { t } = useTranslation();
  return (
    <Pill tone={VISIT_TONES[state]} shape={state === 'offered' ? 'clock' : undefined}>
      {t(`visitState.${state}`)}
    </Pill>
  );
}
