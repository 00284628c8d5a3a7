// MQTT 3.1.1, statement by statement, at the level of bytes. What the production profile leaves out stands in docs/mqtt-conformance.md.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProfile } from './conformance/open-profile.ts';
import { ID, SECRET } from './conformance/packets.ts';
import { runSequence, type Sequence } from './conformance/sequence.ts';
import { connectSequences } from './conformance/sequences-connect.ts';
import { formatSequences } from './conformance/sequences-format.ts';
import { messageSequences } from './conformance/sequences-messages.ts';
import { type Door, MODEL, openDoor } from './door.ts';

const all: readonly Sequence[] = [...formatSequences, ...connectSequences, ...messageSequences];
const of = (profile: NonNullable<Sequence['profile']>): Sequence[] =>
  all.filter((sequence) => sequence.profile === undefined || sequence.profile === profile);

describe('the open profile', () => {
  let broker: Awaited<ReturnType<typeof openProfile>>;
  beforeEach(async () => {
    broker = await openProfile();
  });
  afterEach(() => broker[Symbol.asyncDispose]());

  const [holding, deviating] = [false, true].map((is) => of('open').filter(({ deviates = false }) => deviates === is));
  it.each(holding!)('$statement: $what', ({ steps }) => runSequence(steps, broker.port));
  it.fails.each(deviating!)('$statement: $what', ({ steps }) => runSequence(steps, broker.port));
});

describe('the production profile', () => {
  let door: Door;
  beforeEach(async () => {
    door = await openDoor({
      authenticate: async (id, secret) => (id === ID && secret === SECRET ? { model: MODEL } : null),
    });
  });
  afterEach(() => door[Symbol.asyncDispose]());

  it.each(of('production'))('$statement: $what', ({ steps }) => runSequence(steps, door.port));
});

describe('the sequences', () => {
  it('name each thing once', () => {
    const names = all.map(({ profile = '', statement, what }) => `${profile} ${statement} ${what}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
