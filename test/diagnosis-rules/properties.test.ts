// What must hold of the fold for any life: order within the lateness, duplicates, batches, snapshots and replays change
// nothing; no data is never false; what is irrelevant, and the unit that was measured in, change nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingChange, LogRecord, TelemetryPayload } from '#contracts';
import type { EpisodeName } from '#device-sim';
import { createEvaluator, type Evaluator, loadCatalogue } from '#diagnosis-rules';
import { HOUR, MINUTE, SECOND } from '#runtime';
import { featuresIn } from '../../diagnosis-rules/conditions.ts';
import { FEATURES } from '../../diagnosis-rules/features.ts';
import { readSymptom, shownState } from '../../diagnosis-rules/symptoms.ts';
import { FRIDGE, judge, lifeOf, NOON, newEvaluator, telemetry, toReadings, withTicks } from './life.ts';

const HAPPENINGS = [
  'door-left-open',
  'cooling-failing',
  'compressor-start',
  'evaporator-fan',
  'relay-stuck-on',
  'relay-stuck-off',
  'sensor-jumping',
  'sensor-frozen',
  'freezer-ajar',
  'power-cut',
  'party',
  'router-outage',
] as const satisfies readonly EpisodeName[];

type Story = { seed: number; what: (typeof HAPPENINGS)[number]; fromHours: number; doorSensor: boolean };
const story = (whats: readonly Story['what'][] = HAPPENINGS) =>
  fc.record<Story>({
    seed: fc.integer({ min: 1, max: 60 }),
    what: fc.constantFrom(...whats),
    fromHours: fc.integer({ min: 1, max: 4 }),
    doorSensor: fc.boolean(),
  });

const HOURS = 11;
const tell = ({ seed, what, fromHours, doorSensor }: Story): LogRecord[] =>
  lifeOf({
    seed,
    doorSensor,
    until: NOON + HOURS * HOUR,
    episodes: [
      { what, fromMs: fromHours * HOUR, ...(what === 'router-outage' && { untilMs: (fromHours + 2) * HOUR }) },
    ],
  });

const isMessage = ({ kind }: LogRecord): boolean => kind === 'message';
const messagesOf = (life: readonly LogRecord[]): LogRecord[] => life.filter(isMessage);
const payloadOf = (record: LogRecord): TelemetryPayload => JSON.parse(Buffer.from(record.body).toString());
const withPayload = (record: LogRecord, payload: TelemetryPayload): LogRecord => ({
  ...record,
  body: Buffer.from(JSON.stringify(payload)),
});
const inOrder = (records: readonly LogRecord[]): LogRecord[] => records.toSorted((a, b) => a.at - b.at);

/** A message with the last tick has what time brings said with the next one. */
const untilAllIsSaid = (records: readonly LogRecord[]): LogRecord[] =>
  withTicks(records, NOON + HOURS * HOUR + MINUTE, NOON + HOURS * HOUR + 2 * MINUTE);

/** Without the time of the record that it was said at: that is of the transport. */
const bare = (changes: readonly FindingChange[]) =>
  changes.map(({ finding: { heardAt, ...finding }, ...change }) => ({ ...change, finding }));

/** Each episode with its beginning, its end, and what was said of it in the end. */
function episodes(changes: readonly FindingChange[]) {
  return [...new Map(changes.map(({ finding }) => [finding.id, finding])).values()].map((finding) => ({
    id: finding.id,
    problem: finding.problem,
    openedAt: finding.openedAt,
    state: finding.state,
    closedAt: finding.closedAt,
    severity: finding.severity,
    cause: finding.causes[0]!.cause,
  }));
}

const RUNS = { numRuns: 8, endOnFailure: true };

describe('what is of the transport changes nothing', () => {
  it('a replay says the same', () => {
    fc.assert(
      fc.property(story(), (given) => {
        const life = tell(given);
        expect(judge(life)).toEqual(judge(life));
      }),
      { ...RUNS, numRuns: 4 },
    );
  });

  it('a snapshot, wherever it is taken, and however often', () => {
    fc.assert(
      fc.property(story(), fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }), (given, cuts) => {
        const life = tell(given);
        const places = cuts.map((cut) => Math.floor(cut * life.length)).sort((a, b) => a - b);
        let evaluator = newEvaluator();
        const said: FindingChange[] = [];
        let from = 0;
        for (const place of [...places, life.length]) {
          said.push(...judge(life.slice(from, place), evaluator));
          evaluator = createEvaluator({ catalogue: [], toReadings, snapshot: evaluator.snapshot() });
          from = place;
        }
        expect(said).toEqual(judge(life));
      }),
      RUNS,
    );
  });

  it('messages that overtake each other by up to a minute', () => {
    fc.assert(
      fc.property(story(), fc.infiniteStream(fc.integer({ min: 0, max: 59 })), (given, delays) => {
        const messages = messagesOf(tell(given));
        const disordered = inOrder(
          messages.map((record) => ({ ...record, at: record.at + delays.next().value! * SECOND })),
        );
        expect(episodes(judge(disordered))).toEqual(episodes(judge(messages)));
      }),
      RUNS,
    );
  });

  it('messages that come again, soon or much later', () => {
    fc.assert(
      fc.property(
        story(),
        fc.infiniteStream(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 90 }))),
        (given, again) => {
          const life = tell(given);
          const doubled = life.flatMap((record) => {
            const [dice, minutes] = again.next().value!;
            return isMessage(record) && dice === 0
              ? [record, { ...record, at: record.at + minutes * MINUTE }]
              : [record];
          });
          expect(bare(judge(untilAllIsSaid(doubled)))).toEqual(bare(judge(untilAllIsSaid(life))));
        },
      ),
      RUNS,
    );
  });

  it('how readings are put together into messages', () => {
    fc.assert(
      fc.property(story(), fc.infiniteStream(fc.integer({ min: 1, max: 4 })), (given, sizes) => {
        const messages = messagesOf(tell(given));
        const batched: LogRecord[] = [];
        for (let i = 0; i < messages.length; ) {
          const some = messages.slice(i, i + sizes.next().value!);
          i += some.length;
          const readings = some.flatMap((record) => payloadOf(record).readings);
          // A message holds the readings of a minute or some, not what an outage kept apart.
          batched.push(withPayload(some.at(-1)!, { seq: batched.length, readings }));
        }
        expect(episodes(judge(batched))).toEqual(episodes(judge(messages)));
      }),
      RUNS,
    );
  });
});

/** The same life without these signals from a time on. */
const without = (life: readonly LogRecord[], gone: ReadonlySet<string>, from = 0): LogRecord[] =>
  life.map((record) => {
    if (!isMessage(record) || record.at < from) return record;
    const payload = payloadOf(record);
    const readings = payload.readings.map((reading) => ({
      ...reading,
      values: Object.fromEntries(Object.entries(reading.values).filter(([signal]) => !gone.has(signal))),
    }));
    return withPayload(record, { ...payload, readings });
  });

const MEASURED = [
  'cabinet_temperature',
  'freezer_temperature',
  'evaporator_temperature',
  'ambient_temperature',
  'set_point',
  'power',
  'compressor_on',
  'fan_speed',
  'door_open',
  'defrost_on',
  'energy',
] as const;

/** States are sent on change only by many: one that is not sent again stands, so its end cannot be told from calm. */
const GAUGES = MEASURED.filter((signal) => !['compressor_on', 'door_open', 'defrost_on'].includes(signal));

const RULE = loadCatalogue().find(({ id }) => id === 'refrigerator-cooling')!;

/** Signals that a symptom looks at; empty when it looks at something beside the readings too. */
function signalsOf(name: string): string[] {
  const features = featuresIn(RULE.symptoms[name]!.when);
  // That it was never silent tells as well that it was not without power.
  if (features.includes('off_hours')) return [];
  const signals = features.map((feature) => FEATURES.get(feature)!.signals);
  return signals.some((of) => of.length === 0) ? [] : [...new Set(signals.flat())];
}

function statesOf(evaluator: Evaluator): [string, string][] {
  const { patient } = evaluator.patient(FRIDGE)!;
  const { symptoms } = patient.problems.live[RULE.id]!;
  return Object.keys(RULE.symptoms).map((name, index) => [name, shownState(readSymptom(symptoms, index))]);
}

describe('no data is never false', () => {
  it('a symptom whose signals never come is unknown to the end', () => {
    fc.assert(
      fc.property(story(), fc.subarray([...MEASURED], { minLength: 1 }), (given, gone) => {
        const evaluator = newEvaluator();
        judge(without(tell(given), new Set(gone)), evaluator);
        for (const [name, state] of statesOf(evaluator)) {
          const signals = signalsOf(name);
          if (signals.length === 0 || signals.some((signal) => !(gone as string[]).includes(signal))) continue;
          expect([name, state]).toEqual([name, 'unknown']);
        }
      }),
      RUNS,
    );
  });

  it('signals that stop coming close nothing', () => {
    const lasting = ['cooling-failing', 'compressor-start', 'relay-stuck-off', 'freezer-ajar'] as const;
    fc.assert(
      fc.property(story(lasting), fc.integer({ min: 7, max: 10 }), (given, hour) => {
        const from = NOON + hour * HOUR;
        const blind = without(tell(given), new Set(MEASURED), from);
        const closed = judge(blind).filter(({ change, finding }) => change === 'closed' && finding.changedAt >= from);
        expect(closed).toEqual([]);
      }),
      RUNS,
    );
  });

  it('signals that stop coming open nothing but that they are missed', () => {
    const life = (seed: number) => lifeOf({ seed, until: NOON + 8 * HOUR });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.subarray(GAUGES, { minLength: 1 }),
        fc.integer({ min: 1, max: 6 }),
        (seed, gone, hour) => {
          const changes = judge(without(life(seed), new Set(gone), NOON + hour * HOUR));
          const opening = changes.flatMap(({ finding }) =>
            finding.evidence.filter(({ symptom, state }) => state === 'present' && symptom in RULE.opens),
          );
          expect(opening.filter(({ symptom }) => symptom !== 'thermometer-missing')).toEqual([]);
        },
      ),
      RUNS,
    );
  });
});

describe('what is irrelevant changes nothing', () => {
  it('a signal that nobody knows, beside the others, between them and in messages of its own', () => {
    fc.assert(
      fc.property(story(), fc.infiniteStream(fc.integer({ min: 0, max: 59 })), (given, seconds) => {
        const life = tell(given);
        const noise = (): Record<string, number> => ({ noise: seconds.next().value! });
        const more = life.flatMap((record) => {
          if (!isMessage(record)) return [record];
          const payload = payloadOf(record);
          const readings = payload.readings.flatMap((reading) => [
            { ...reading, values: { ...reading.values, ...noise() } },
            { at: reading.at! - seconds.next().value! * SECOND, values: noise() },
          ]);
          const own = { readings: [{ at: record.at, values: noise() }] };
          return [
            withPayload(record, { ...payload, readings }),
            telemetry(record.at + seconds.next().value! * SECOND, own, { model: record.model }),
          ];
        });
        expect(bare(judge(inOrder(more)))).toEqual(bare(judge(life)));
      }),
      RUNS,
    );
  });

  it('the unit that a thermometer measures in', () => {
    const TEMPERATURES = MEASURED.filter((signal) => signal.endsWith('_temperature'));
    fc.assert(
      fc.property(story(['door-left-open', 'compressor-start', 'relay-stuck-off']), (given) => {
        const life = tell(given);
        const converted = life.map((record) => {
          if (!isMessage(record)) return record;
          const payload = payloadOf(record);
          for (const { values } of payload.readings) {
            for (const signal of TEMPERATURES) {
              if (values[signal] === undefined) continue;
              const fahrenheit = Number(values[signal]) * 1.8 + 32;
              values[signal] = (fahrenheit - 32) / 1.8;
            }
          }
          return withPayload(record, payload);
        });
        const roughly = (changes: readonly FindingChange[]) =>
          episodes(changes).map(({ problem, state, severity, cause }) => ({ problem, state, severity, cause }));
        expect(roughly(judge(converted))).toEqual(roughly(judge(life)));
      }),
      RUNS,
    );
  });
});
