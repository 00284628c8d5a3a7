// Moves with alerts, cases and visits, and the sweeps.
import type { Action } from '#registry';
import { DAY, HOUR, MINUTE, type Model, type ModelPerson } from './model.ts';
import {
  acknowledge as acknowledged,
  handOver,
  lives,
  type ModelAlert,
  type ModelFinding,
  snooze as snoozed,
  somethingIsDue,
  sweepAlerts,
} from './model-alerts.ts';
import { type Verdict, withAlert, withVisit } from './model-rights.ts';
import { finish as finished, free, type ModelCase, type ModelVisit, offerTo, sweepService } from './model-service.ts';
import type { Choices, Move, Mover } from './move.ts';
import { mostly } from './moves-units.ts';
import type { System } from './system.ts';

const active = (model: Model): ModelPerson[] => model.people.filter((one) => one.active);

// --- what diagnosis says -----------------------------------------------------------------------------------------------
const PROBLEMS = ['refrigerator-too-warm', 'appliance-silent'];
const SEVERITIES = ['notice', 'warning', 'warning', 'critical'] as const;
const CAUSES = ['door', 'cooling', 'unknown'] as const;

const say: Mover = (model, choices) => {
  const unit = choices.from(model.units)!;
  const problem = choices.from(PROBLEMS)!;
  const known = model.episodes.filter((one) => one.unit === unit && one.problem === problem);
  const open = known.filter(({ state }) => state === 'open');
  const details = { severity: choices.from(SEVERITIES)!, cause: choices.from(CAUSES)!, improving: choices.seldom(5) };
  const fresh: ModelFinding = { unit, problem, episode: known.length + 1, state: 'open', ...details };
  const said = open.length === 0 ? afterQuiet(choices, known, fresh) : while_(choices, open, fresh);
  return {
    says: `diagnosis says of ${unit.name}: ${problem} ${said.episode} is ${said.state}, ${said.severity}, ${said.cause}${said.improving ? ', improving' : ''}`,
    expects: 'done',
    act: async (system) => {
      await system.say(said);
      return 'done';
    },
    follows: () => {
      model.said.push(said);
      model.episodes = [...model.episodes.filter((one) => one !== known[said.episode - 1]), said].sort(byEpisode);
    },
  };
};

const byEpisode = (a: ModelFinding, b: ModelFinding): number => a.episode - b.episode;

/** A new episode; seldom late data show that the last one never was. */
function afterQuiet(choices: Choices, known: readonly ModelFinding[], fresh: ModelFinding): ModelFinding {
  const last = known.at(-1);
  return last?.state === 'closed' && choices.seldom(4) ? { ...last, state: 'withdrawn' } : fresh;
}

/** It changes, ends, or another episode begins before the first has ended. */
function while_(choices: Choices, open: readonly ModelFinding[], fresh: ModelFinding): ModelFinding {
  const one = choices.from(open)!;
  const turn = choices.below(6);
  if (turn === 0) return { ...one, state: 'withdrawn' };
  if (turn <= 2) return { ...one, state: 'closed' };
  return turn === 5 && open.length < 2 ? fresh : { ...fresh, episode: one.episode };
}

// --- sweeps --------------------------------------------------------------------------------------------------------------
const sweep =
  (what: string, run: (system: System) => Promise<unknown>, follows: (model: Model) => void): Mover =>
  (model) => ({
    says: `a sweep of ${what}`,
    expects: 'done',
    act: async (system) => {
      await run(system);
      return 'done';
    },
    follows: () => follows(model),
    sweeps: true,
  });

/** Several workers sweep at the same moment: nothing is done twice. Possible while it does not matter who comes first. */
const sweepAtOnce =
  (
    what: string,
    mixes: (model: Model) => boolean,
    run: (system: System) => Promise<unknown>,
    then: (model: Model) => void,
  ): Mover =>
  (model) =>
    mixes(model)
      ? null
      : {
          says: `three sweeps of ${what} at once`,
          expects: 'done',
          act: async (system) => {
            await Promise.all([run(system), run(system), run(system)]);
            return 'done';
          },
          follows: () => then(model),
          races: true,
        };

const sweepAlertsAtOnce = sweepAtOnce(
  'alerts',
  (model) => model.said.length > 0 && somethingIsDue(model),
  (system) => system.sweepAlerts(),
  sweepAlerts,
);

const sweepServiceAtOnce = sweepAtOnce(
  'field service',
  ({ requests, overs }) => requests.length + overs.length > 0,
  (system) => system.sweepService(),
  sweepService,
);

// --- alerts --------------------------------------------------------------------------------------------------------------
function onAlert(
  what: string,
  action: Action,
  run: (system: System, person: ModelPerson, alert: ModelAlert) => Promise<void>,
  follows: (model: Model, alert: ModelAlert) => void,
): Mover {
  return (model, choices) => {
    const lively = model.alerts.filter((one) => one.id !== null && (lives(one) || choices.seldom(8)));
    const alert = choices.from(lively);
    if (!alert) return null;
    const person = mostly(model, choices, (one) => withAlert(model, one, alert) === 'allowed');
    const verdict = withAlert(model, person, alert);
    const expects = verdict !== 'allowed' ? verdict : lives(alert) ? 'done' : 'wrong-state';
    return {
      says: `${person.name}: ${what} ${alert.id}`,
      expects,
      async act(system) {
        const said = await system.judge(person.id, action, 'alert', alert.id!);
        if (said !== 'allowed') return said;
        await run(system, person, alert);
        return 'done';
      },
      follows: () => {
        if (expects === 'done') follows(model, alert);
      },
      again: 'done',
    };
  };
}

const acknowledge = onAlert(
  'acknowledges',
  'acknowledge-alert',
  (system, person, alert) => system.acknowledge(person.id, alert.id!),
  (_model, alert) => acknowledged(alert),
);

const SNOOZE_MS = 3 * HOUR;
const snooze = onAlert(
  'snoozes',
  'acknowledge-alert',
  (system, person, alert) => system.snooze(person.id, alert.id!, system.now() + SNOOZE_MS),
  (model, alert) => snoozed(alert, model.now + SNOOZE_MS),
);

const requestService = onAlert(
  'asks for service for',
  'request-service',
  (system, person, alert) => system.requestService(person.id, alert.id!),
  handOver,
);

// --- visits --------------------------------------------------------------------------------------------------------------
type OnVisit = { file: ModelCase; visit: ModelVisit; person: ModelPerson };

function pickVisit(model: Model, choices: Choices, prefers: (visit: ModelVisit) => boolean) {
  const all = model.cases.flatMap((file) => file.visits.map((visit) => ({ file, visit })));
  const wanted = choices.seldom(5) ? all : all.filter(({ visit }) => prefers(visit));
  return choices.from(wanted);
}

function visitMove(
  { file, visit, person }: OnVisit,
  move: { says: string; action: Action; verdict: Verdict; outcome: string } & Pick<Move, 'follows' | 'again'> & {
      run: (system: System) => Promise<void>;
    },
): Move {
  const expects = move.verdict === 'allowed' ? move.outcome : move.verdict;
  return {
    says: `${person.name}: ${move.says} visit ${visit.id} of case ${file.id}`,
    expects,
    async act(system) {
      const said = await system.judge(person.id, move.action, 'visit', visit.id!);
      if (said !== 'allowed') return said;
      await move.run(system);
      return 'done';
    },
    follows: (system) => (expects === 'done' ? move.follows?.(system) : undefined),
    ...(move.again === undefined ? {} : { again: move.again }),
  };
}

/** Who has it, mostly. */
function technicianFor(model: Model, choices: Choices, visit: ModelVisit): ModelPerson {
  const has = model.people.find(({ id, active: is }) => is && id === visit.technician);
  return (choices.seldom(4) ? undefined : has) ?? choices.from(active(model))!;
}

const byTechnician =
  (
    action: 'accept-visit' | 'refuse-visit' | 'finish-visit',
    prefers: ModelVisit['state'],
    rule: (
      model: Model,
      choices: Choices,
      on: OnVisit,
    ) => Omit<Parameters<typeof visitMove>[1], 'says' | 'action' | 'verdict'>,
  ): Mover =>
  (model, choices) => {
    const picked = pickVisit(model, choices, ({ state }) => state === prefers);
    if (!picked) return null;
    const on = { ...picked, person: technicianFor(model, choices, picked.visit) };
    const verdict = withVisit(model, on.person, on.file, on.visit, ['technician']);
    return visitMove(on, { says: action, action, verdict, ...rule(model, choices, on) });
  };

const accept = byTechnician('accept-visit', 'offered', (_model, _choices, { visit, person }) => ({
  outcome: visit.state === 'offered' || visit.state === 'accepted' ? 'done' : 'wrong-state',
  run: (system) => system.accept(person.id, visit.id!),
  follows: () => {
    visit.state = 'accepted';
  },
  again: 'done',
}));

const refuse = byTechnician('refuse-visit', 'offered', (_model, _choices, { visit, person }) => ({
  outcome: visit.state === 'offered' ? 'done' : 'wrong-state',
  run: (system) => system.refuse(person.id, visit.id!),
  follows: () => free(visit),
  again: 'not-found',
}));

const finish = byTechnician('finish-visit', 'accepted', (model, choices, { file, visit, person }) => {
  const outcome = choices.from(['repaired', 'nothing-found', 'part-needed'] as const)!;
  return {
    outcome: visit.state === 'accepted' ? 'done' : 'wrong-state',
    run: (system) => system.finish(person.id, visit.id!, outcome),
    follows: () => finished(model, file, outcome),
    again: 'wrong-state',
  };
});

const isOver = ({ state }: ModelVisit): boolean => state === 'done' || state === 'cancelled';

const assign: Mover = (model, choices) => {
  const picked = pickVisit(model, choices, (visit) => !isOver(visit));
  if (!picked) return null;
  const { file, visit } = picked;
  const dispatchers = model.people.filter(({ role, active: is }) => is && role === 'dispatcher');
  const person = (choices.seldom(4) ? undefined : choices.from(dispatchers)) ?? choices.from(active(model))!;
  const technicians = model.people.filter(({ role }) => role === 'technician');
  const to = (choices.seldom(6) ? undefined : choices.from(technicians)) ?? choices.from(model.people)!;
  const comes = to.role === 'technician' && to.active && to.organisation === file.alert.unit.organisation;
  return visitMove(
    { file, visit, person },
    {
      says: `gives to ${to.name} the`,
      action: 'assign-visit',
      verdict: withVisit(model, person, file, visit, ['dispatcher', 'administrator']),
      outcome: !comes ? 'unknown-technician' : isOver(visit) ? 'wrong-state' : 'done',
      run: (system) => system.assign(person.id, visit.id!, to.id),
      follows: () => {
        if (visit.technician !== to.id) offerTo(model, visit, to.id);
      },
      again: 'done',
    },
  );
};

const pickSlot: Mover = (model, choices) => {
  const picked = pickVisit(model, choices, (visit) => !isOver(visit));
  if (!picked) return null;
  const { file, visit } = picked;
  const members = active(model).filter(({ id }) => model.households.get(file.household ?? '')?.has(id));
  const person = (choices.seldom(4) ? undefined : choices.from(members)) ?? choices.from(active(model))!;
  const index = choices.below(6);
  const wrong = choices.seldom(6);
  return visitMove(
    { file, visit, person },
    {
      says: `${wrong ? 'picks a time nobody offered' : `picks time ${index}`} for`,
      action: 'pick-slot',
      verdict: withVisit(model, person, file, visit, ['owner', 'dispatcher', 'call-agent', 'administrator']),
      outcome: isOver(visit) ? 'wrong-state' : wrong ? 'not-a-slot' : 'done',
      run: async (system) => {
        const slots = await system.slots(visit.id!);
        await system.pickSlot(person.id, visit.id!, wrong ? model.now + MINUTE : slots[index % slots.length]!.start);
      },
      async follows(system) {
        const slots = await system.slots(visit.id!);
        visit.slot = slots[index % slots.length]!;
      },
      again: 'done',
    },
  );
};

// --- time ----------------------------------------------------------------------------------------------------------------
const SPANS = [
  MINUTE,
  5 * MINUTE,
  11 * MINUTE,
  21 * MINUTE,
  31 * MINUTE,
  61 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  DAY,
  8 * DAY,
  31 * DAY,
];

/** Short spans often, long ones seldom. The walk sets the clock. */
export function spanOf(choices: Choices): number {
  const most = choices.seldom(4) ? SPANS.length : 7;
  return SPANS[choices.below(most)]!;
}

export const SERVICE_MOVES: Record<string, readonly [weight: number, Mover]> = {
  say: [14, say],
  sweepAlerts: [14, sweep('alerts', (system) => system.sweepAlerts(), sweepAlerts)],
  sweepService: [14, sweep('field service', (system) => system.sweepService(), sweepService)],
  sweepAlertsAtOnce: [4, sweepAlertsAtOnce],
  sweepServiceAtOnce: [4, sweepServiceAtOnce],
  sweepNotifications: [
    7,
    sweep(
      'notifications',
      (system) => system.sweepNotifications(),
      () => {},
    ),
  ],
  acknowledge: [5, acknowledge],
  snooze: [4, snooze],
  requestService: [5, requestService],
  accept: [7, accept],
  refuse: [4, refuse],
  finish: [6, finish],
  assign: [4, assign],
  pickSlot: [5, pickSlot],
};
