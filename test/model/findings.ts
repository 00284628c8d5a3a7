// A finding of the model as diagnosis would leave it.
import { type Finding, type FindingChange, idOf, newId, type RankedCause } from '#contracts';
import { put, type Sql } from '#runtime';
import type { ModelFinding } from './model-alerts.ts';

const words = (text: string) => ({ en: text, zh: text });

const CAUSES: Record<ModelFinding['cause'], RankedCause> = {
  door: {
    cause: 'door-left-open',
    name: words('door'),
    probability: 0.9,
    explanation: words('The door is open.'),
    remedy: { by: 'owner', steps: [words('Close it.')] },
  },
  cooling: {
    cause: 'refrigerant-leak',
    name: words('cooling'),
    probability: 0.8,
    explanation: words('It gets no colder.'),
    remedy: { by: 'technician', skill: 'refrigeration', parts: [words('fan')], urgency: 'today', meanwhile: [] },
  },
  unknown: {
    cause: 'unknown',
    name: words('unknown'),
    probability: 0.4,
    explanation: words('Nobody knows yet.'),
    remedy: { by: 'technician', skill: 'general', parts: [], urgency: 'days', meanwhile: [] },
  },
};

export const findingId = ({
  unit,
  problem,
  episode,
}: Pick<ModelFinding, 'problem' | 'episode'> & { unit: { id: string } }) => idOf(unit.id, problem, episode);

export async function leaveFinding(sql: Sql, said: ModelFinding, now: number): Promise<void> {
  const { unit, problem, severity, improving, state } = said;
  const finding: Finding = {
    id: findingId(said),
    appliance: unit.id,
    problem,
    title: words(problem),
    summary: words('Something is the matter.'),
    wouldClear: words('Readings in their range.'),
    severity,
    improving,
    state,
    openedAt: now,
    changedAt: now,
    closedAt: state === 'open' ? null : now,
    rule: { id: 'refrigerator', version: 1 },
    reviewedBy: null,
    causes: [CAUSES[said.cause]],
    evidence: [],
    question: null,
    answers: [],
  };
  const body: FindingChange = { id: newId(), change: state === 'open' ? 'changed' : state, finding };
  await sql.transaction((tx) => put(tx, 'finding', { id: body.id, key: unit.id, body }));
}
