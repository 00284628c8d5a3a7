// Moves with visits, by technicians, dispatchers and households.
import type { Action } from '#registry';
import { MINUTE, type Model, type ModelPerson } from './model.ts';
import { type Verdict, withVisit } from './model-rights.ts';
import { finish as finished, free, type ModelCase, type ModelVisit, offerTo } from './model-service.ts';
import type { Choices, Move, Mover } from './move.ts';
import type { System } from './system.ts';

const active = (model: Model): ModelPerson[] => model.people.filter((one) => one.active);

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

export const VISIT_MOVES: Record<string, readonly [weight: number, Mover]> = {
  accept: [7, accept],
  refuse: [4, refuse],
  finish: [6, finish],
  assign: [4, assign],
  pickSlot: [5, pickSlot],
};
