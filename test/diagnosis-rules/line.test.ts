// How an appliance's line to us ended, told apart for who asks why nothing is heard from it.
import { describe, expect, it } from 'vitest';
import { type LogRecord, type SymptomState, upTopic } from '#contracts';
import { createEvaluator, loadCatalogue } from '#diagnosis-rules';
import { factRecord, HOUR, MINUTE } from '#runtime';
import { openDoor } from '../broker/door.ts';
import { FRIDGE, judge, NOON, newEvaluator, telemetry, toReadings } from './life.ts';

const HERE = { broker: 'here' };
const ELSEWHERE = { broker: 'elsewhere' };

const heard = (appliance = FRIDGE): LogRecord =>
  telemetry(NOON, { seq: 1, readings: [{ at: NOON, values: { cabinet_temperature: 4 } }] }, { appliance });

function silentDay(from: number): LogRecord[] {
  const ticks: LogRecord[] = [];
  for (let at = from; at <= from + 25 * HOUR; at += MINUTE) ticks.push(factRecord('tick', at));
  return ticks;
}

const LINE = ['said-goodbye', 'connection-lost', 'our-broker-was-down'] as const;
type Line = Partial<Record<(typeof LINE)[number], SymptomState>>;

/** What is said of the line, a day after the last word. */
function lineAfter(records: readonly LogRecord[], evaluator = newEvaluator()): Line {
  const from = records.at(-1)!.at;
  const opened = judge([...records, ...silentDay(from)], evaluator).filter(
    ({ finding, change }) => finding.problem === 'appliance-silent' && change === 'opened',
  );
  expect(opened).toHaveLength(1);
  return Object.fromEntries(
    opened[0]!.finding.evidence
      .filter(({ symptom }) => (LINE as readonly string[]).includes(symptom))
      .map(({ symptom, state }) => [symptom, state]),
  );
}

const LOST: Line = { 'connection-lost': 'present', 'said-goodbye': 'absent', 'our-broker-was-down': 'absent' };
const GOODBYE: Line = { 'connection-lost': 'absent', 'said-goodbye': 'present', 'our-broker-was-down': 'absent' };
const OURS: Line = { 'connection-lost': 'absent', 'said-goodbye': 'absent', 'our-broker-was-down': 'present' };
const NOT_KNOWN: Line = { 'connection-lost': 'unknown', 'said-goodbye': 'unknown', 'our-broker-was-down': 'unknown' };

describe('a line that ended', () => {
  const connected = factRecord('connected', NOON - MINUTE, FRIDGE, HERE);
  const left = (cause: string, body = HERE) => factRecord('disconnected', NOON + MINUTE, FRIDGE, { ...body, cause });
  const rows: [string, LogRecord[], Line][] = [
    ['without a word', [connected, heard(), left('lost')], LOST],
    ['with a goodbye', [connected, heard(), left('goodbye')], GOODBYE],
    ['when we stopped', [connected, heard(), left('shutdown')], OURS],
    ['with a broker that is lost', [connected, heard(), factRecord('lost-broker', NOON + MINUTE, '', HERE)], OURS],
    [
      'with a broker that had to start again',
      [connected, heard(), factRecord('started', NOON + MINUTE, '', HERE)],
      OURS,
    ],
    [
      'nowhere, when another broker is lost',
      [connected, heard(), factRecord('lost-broker', NOON + MINUTE, '', ELSEWHERE)],
      NOT_KNOWN,
    ],
    [
      'nowhere, when it had moved to another broker before the one that it left said so',
      [connected, factRecord('connected', NOON, FRIDGE, ELSEWHERE), heard(), left('lost', HERE)],
      NOT_KNOWN,
    ],
    [
      'without a word, and then the broker was lost too',
      [connected, heard(), left('lost'), factRecord('lost-broker', NOON + MINUTE, '', HERE)],
      LOST,
    ],
  ];
  it.each(rows)('%s', (_, records, line) => {
    expect(lineAfter(records)).toEqual(line);
  });

  it('is remembered across a snapshot, also of who has said nothing yet', () => {
    const before = newEvaluator();
    judge([connected], before);
    const after = createEvaluator({ catalogue: loadCatalogue(), toReadings, snapshot: before.snapshot() });
    expect(lineAfter([heard(), factRecord('lost-broker', NOON + MINUTE, '', HERE)], after)).toEqual(OURS);
  });
});

describe('what the broker writes into the log of a line', () => {
  it('is what diagnosis tells its ends apart by', async () => {
    await using door = await openDoor();
    const [lost, leaving, cut] = [door.appliance(), door.appliance(), door.appliance()];
    door.setClock(NOON);
    const lines = await Promise.all([lost, leaving, cut].map((each) => door.connect(each)));
    for (const [index, { id }] of [lost, leaving, cut].entries()) {
      lines[index]!.publish(upTopic(id, 'telemetry'), Buffer.from(heard(id).body), 1);
      await door.recorded(id, 'message');
    }
    await lines[0]!.drop();
    await lines[1]!.goodbye();
    for (const { id } of [lost, leaving]) await door.recorded(id, 'disconnected');
    await door.stop();
    await door.recorded(cut.id, 'disconnected');
    const all = await door.everything();
    const of = (id: string) => all.filter(({ appliance }) => appliance === id || appliance === '');
    expect(lineAfter(of(lost.id))).toEqual(LOST);
    expect(lineAfter(of(leaving.id))).toEqual(GOODBYE);
    expect(lineAfter(of(cut.id))).toEqual(OURS);
    // Killed before it could say so: what stood there is known by its next start alone.
    const killed = of(cut.id).filter(({ kind }) => kind !== 'disconnected');
    const started = all.find(({ kind }) => kind === 'started')!;
    expect(lineAfter([...killed, { ...started, at: NOON + MINUTE }])).toEqual(OURS);
  });
});
