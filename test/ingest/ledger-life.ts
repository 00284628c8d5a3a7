// The two sides of the ledger around one log, with every way in which they die: what was acknowledged stands in the log,
// whatever the door still knew of it; what was counted stands in the database, or is counted again.
import fc from 'fast-check';
import { type DecodedMessage, type Id, type LogRecord, newId } from '#contracts';
import { checkMessages, type Difference, DoorCounts } from '#ingest';
import { HOUR, type Logger, MINUTE, manualClock, type Sql, takeLease } from '#runtime';
import { LedgerCounts, type Outcome } from '../../ingest/ledger/counts.ts';

export const START = Date.UTC(2026, 2, 2, 9);
const SIGNALS = ['power', 'cabinet_temperature', 'door_open'];
const silent: Logger = { info: () => {}, warn: () => {}, error: () => {} };

type Said = { appliance: Id; at: number; signals: readonly string[]; bad: boolean };

export const TABLES = `app.consumer, app.quarantine, app.replay, app.ledger_door_session, app.ledger_door, app.ledger_hour,
  app.ledger_day, app.ledger_refused, app.ledger_kept, app.ledger_past, app.ledger_partition, app.ledger_alarm,
  app.ledger_check`;

export class LedgerLife {
  readonly #sql: Sql;
  readonly #clock = manualClock(START);
  readonly appliances = [newId(), newId(), newId()];
  /** The log: what was acknowledged, and now and then more. */
  readonly log: Outcome[] = [];
  readonly #said: Said[] = [];
  #door!: DoorCounts;
  #consumer!: LedgerCounts;
  #heard = 0;
  #loseAnswer = false;

  private constructor(sql: Sql) {
    this.#sql = sql;
  }

  static async open(sql: Sql): Promise<LedgerLife> {
    await sql.query(`truncate ${TABLES}`);
    const life = new LedgerLife(sql);
    await life.restartConsumer();
    await life.restartDoor();
    return life;
  }

  get now(): number {
    return this.#clock.clock.now();
  }

  pass(ms: number): void {
    this.#clock.set(this.now + ms);
  }

  /** One message to the door; the log takes it, or its answer is lost on the way. */
  receive(
    which: number,
    { at, signals, bad, unsure }: { at: number; signals: readonly string[]; bad: boolean; unsure: boolean },
  ): void {
    const said: Said = { appliance: this.appliances[which]!, at, signals, bad };
    this.#said.push(said);
    this.#append(said, unsure);
  }

  /** An appliance that heard no PUBACK sends the same again. */
  sendAgain(back: number): void {
    const said = this.#said.at(-1 - back);
    if (said) this.#append(said, false);
  }

  #append(said: Said, unsure: boolean): void {
    const { appliance } = said;
    const receivedAt = this.now;
    this.#door.begin();
    this.log.push({
      position: this.log.length + 1,
      appliance,
      at: receivedAt,
      kind: 'message',
      message: messageOf(said, receivedAt),
    });
    this.#door.settle({ appliance, at: receivedAt } as LogRecord, unsure ? new Error('no answer') : null);
  }

  writeDoor(): Promise<void> {
    return this.#door.write();
  }

  /** Without a last word, as after a kill. */
  async restartDoor(): Promise<void> {
    this.#door = await DoorCounts.open({ sql: this.#sql, clock: this.#clock.clock, logger: silent, broker: 'one' });
  }

  async stopDoor(): Promise<void> {
    await this.#door[Symbol.asyncDispose]();
    await this.restartDoor();
  }

  async hear(count: number): Promise<void> {
    const batch = this.log.slice(this.#heard, this.#heard + count);
    this.#heard += batch.length;
    await this.#consumer.hear(batch, this.#heard + 1);
  }

  /** A batch whose taking failed on the way is given again. */
  async hearAgain(count: number): Promise<void> {
    this.#heard = Math.max(0, this.#heard - count);
    await this.hear(count + 1);
  }

  async writeConsumer(): Promise<void> {
    await this.#consumer.write(this.now, async () => this.log.length + 1).catch(() => {});
  }

  /** The next transaction is committed, and its answer is lost. */
  loseAnswer(): void {
    this.#loseAnswer = true;
  }

  async restartConsumer(): Promise<void> {
    const sql: Sql = {
      query: (text, params) => this.#sql.query(text, params),
      listen: (channel, heard) => this.#sql.listen(channel, heard),
      transaction: async (work) => {
        const done = await this.#sql.transaction(work);
        if (!this.#loseAnswer) return done;
        this.#loseAnswer = false;
        throw new Error('the answer was lost');
      },
    };
    const lease = await takeLease(this.#sql, { consumer: 'readings', partition: 0 }, { owner: 'life', endless: true });
    this.#loseAnswer = false;
    this.#consumer = await LedgerCounts.open(
      { sql, lease: lease!, alsoKeptFrom: () => Number.MAX_SAFE_INTEGER },
      { from: 0, end: this.log.length === 0 ? 0 : this.log.length + 1, now: this.now },
    );
    this.#heard = Math.max(0, this.#consumer.writtenTo - 1);
  }

  /** Everything is heard and written; an hour later both sides are final. */
  async settle(): Promise<void> {
    await this.hear(this.log.length);
    this.pass(HOUR + MINUTE);
    await this.writeDoor();
    await this.writeDoor();
    this.pass(MINUTE);
    await this.writeConsumer();
    await this.writeConsumer();
  }

  async differences(): Promise<Difference[]> {
    return (await checkMessages(this.#sql, this.now)).differences;
  }

  /** How many readings a store would hold that keeps each (appliance, signal, stamp) once. */
  distinct(appliance: Id, from: number, to: number): number {
    const seen = new Set<string>();
    for (const { appliance: whose, message } of this.log) {
      for (const { at, readings } of message?.moments ?? [])
        for (const { signal } of readings)
          if (whose === appliance && at >= from && at < to) seen.add(`${signal} ${at}`);
    }
    return seen.size;
  }
}

function messageOf({ appliance, at, signals, bad }: Said, receivedAt: number): DecodedMessage | null {
  if (bad) return null;
  const readings = signals.map((signal) => ({ signal, value: 1, mapped: true }));
  const moments = [{ appliance, kind: 'refrigerator' as const, at, position: 0, readings }];
  return { appliance, model: 'model', receivedAt, seq: null, moments, rejected: [] };
}

type Step = { name: string; run: (life: LedgerLife) => Promise<void> | void };
const step = (name: string, run: Step['run']): Step => ({ name, run });

/** Any order of what may happen. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .record({
          which: fc.nat(2),
          behindMs: fc.oneof(fc.constant(0), fc.nat(3 * HOUR)),
          signals: fc.subarray(SIGNALS, { minLength: 1 }),
          bad: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
          unsure: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
        })
        .map(({ which, behindMs, ...more }) =>
          step(`receive ${JSON.stringify({ which, behindMs, ...more })}`, (life) =>
            life.receive(which, { at: life.now - behindMs, ...more }),
          ),
        ),
    },
    { weight: 3, arbitrary: fc.nat(20).map((back) => step(`send again ${back}`, (life) => life.sendAgain(back))) },
    {
      weight: 3,
      arbitrary: fc.integer({ min: 1, max: 40 * MINUTE }).map((ms) => step(`pass ${ms}`, (life) => life.pass(ms))),
    },
    { weight: 3, arbitrary: fc.constant(step('door writes', (life) => life.writeDoor())) },
    { weight: 1, arbitrary: fc.constant(step('door is killed', (life) => life.restartDoor())) },
    { weight: 1, arbitrary: fc.constant(step('door stops', (life) => life.stopDoor())) },
    {
      weight: 4,
      arbitrary: fc.integer({ min: 1, max: 9 }).map((count) => step(`hear ${count}`, (life) => life.hear(count))),
    },
    {
      weight: 2,
      arbitrary: fc
        .integer({ min: 1, max: 9 })
        .map((count) => step(`hear ${count} again`, (life) => life.hearAgain(count))),
    },
    { weight: 3, arbitrary: fc.constant(step('consumer writes', (life) => life.writeConsumer())) },
    { weight: 1, arbitrary: fc.constant(step('consumer is killed', (life) => life.restartConsumer())) },
    { weight: 1, arbitrary: fc.constant(step('an answer is lost', (life) => life.loseAnswer())) },
  ),
  { minLength: 1, maxLength: 60 },
);
