// One appliance under watch: what is remembered of it, and its problems as each rule sees them.
import type { ApplianceKind, FindingChange, Id, Moment } from '#contracts';
import type { CompiledRule } from './compiled-rule.ts';
import { doubt } from './days.ts';
import type { View } from './features.ts';
import type { Memory } from './memory.ts';
import {
  closeProblem,
  judgeProblem,
  type ProblemMemory,
  type ProblemScene,
  quietProblem,
  tellProblem,
} from './problem.ts';
import { remember, type Surroundings } from './remember.ts';
import type { Role, RuleSet } from './rule-set.ts';
import { isNewStep } from './steps.ts';
import { isPresent } from './symptoms.ts';

export type Problems = Record<string, ProblemMemory>;

export type Patient = {
  id: Id;
  kind: ApplianceKind;
  model: string;
  memory: Memory;
  problems: Record<Role, Problems>;
};

/** A rule of any kind is about the messages, not the readings: the time of receipt counts for it. */
export type Clocks = { readings: View; messages: View };

const ROLES: readonly Role[] = ['live', 'trial'];

const inTrial = (change: FindingChange, role: Role): FindingChange =>
  role === 'trial' ? { ...change, trial: true } : change;

function sceneOf(patient: Patient, compiled: CompiledRule, role: Role, clocks: Clocks): ProblemScene {
  const { rule } = compiled;
  const problems = patient.problems[role];
  problems[rule.id] ??= quietProblem(compiled);
  const view = rule.kind === 'any' ? clocks.messages : clocks.readings;
  return { appliance: patient.id, compiled, memory: problems[rule.id]!, view };
}

function doubtDays({ memory: m }: Patient, { compiled, memory }: ProblemScene): void {
  const days = compiled.symptoms.map(({ symptom }, index) =>
    isPresent(memory.symptoms, index) ? symptom.doubtsDays : 0,
  );
  doubt(m, Math.max(...days));
}

/** Judges what moves with every reading, or everything; returns what ended. */
export function judge(patient: Patient, rules: RuleSet, clocks: Clocks, what: 'quick' | 'all'): FindingChange[] {
  const changes: FindingChange[] = [];
  const ofKind = rules.of(patient.kind);
  for (const role of ROLES) {
    for (const compiled of ofKind[role]) {
      const scene = sceneOf(patient, compiled, role, clocks);
      const judged = judgeProblem(scene, compiled.quick);
      const slowly = what === 'all' ? judgeProblem(scene, compiled.slow) : null;
      if (judged.opened || slowly?.opened) doubtDays(patient, scene);
      for (const closed of [judged.closed, slowly?.closed]) if (closed) changes.push(inTrial(closed, role));
    }
  }
  return changes;
}

/** What there is to say of open episodes. */
export function tell(patient: Patient, rules: RuleSet, clocks: Clocks): FindingChange[] {
  const changes: FindingChange[] = [];
  const ofKind = rules.of(patient.kind);
  for (const role of ROLES) {
    for (const compiled of ofKind[role]) {
      if (!patient.problems[role][compiled.rule.id]?.episode) continue;
      const change = tellProblem(sceneOf(patient, compiled, role, clocks));
      if (change) changes.push(inTrial(change, role));
    }
  }
  return changes;
}

/** Ends the open episode of a rule that is judged no more. */
export function close(patient: Patient, compiled: CompiledRule, role: Role, clocks: Clocks): FindingChange | null {
  const scene = sceneOf(patient, compiled, role, clocks);
  return scene.memory.episode?.announced ? inTrial(closeProblem(scene), role) : null;
}

export const isWell = ({ problems }: Patient): boolean =>
  Object.values(problems.live).every(({ episode }) => episode === null);

export const viewAt = (patient: Patient, at: number, silentMs: number): View => ({ m: patient.memory, at, silentMs });

/** Takes a moment and judges it; returns what ended. */
export function live(
  patient: Patient,
  rules: RuleSet,
  moment: Moment,
  around: Pick<Surroundings, 'codeOf' | 'cohort'>,
  clocks: (at: number) => Clocks,
): FindingChange[] {
  const what = isNewStep(patient.memory, moment.at) ? 'all' : 'quick';
  remember(patient.memory, moment, { ...around, well: isWell(patient) });
  return judge(patient, rules, clocks(moment.at), what);
}
