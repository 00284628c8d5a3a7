// Moves with alerts: what diagnosis says, the sweeps, what people do, and time.
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
import { withAlert } from './model-rights.ts';
import { sweepService } from './model-service.ts';
import type { Choices, Mover } from './move.ts';
import { mostly } from './moves-units.ts';
import type { System } from './system.ts';

// --- what diagnosis says -----------------------------------------------------------------------------------------------
const PROBLEMS = ['refrigerator-cooling', 'appliance-silent'];
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

export const ALERT_MOVES: Record<string, readonly [weight: number, Mover]> = {
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
};
