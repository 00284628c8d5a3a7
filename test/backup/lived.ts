// A platform that lives: a household, a fridge that grows warm step by step, messages that are set aside; and a second life
// of it, from a backup, that must come to the same.
import * as path from 'node:path';
import { connectAsync } from 'mqtt';
import { type Id, upTopic } from '#contracts';
import { openReadingsCopy } from '#engines/duckdb';
import { type Platform, type Settings, startPlatform } from '#main';
import { createAppliance, createHousehold, createPerson } from '#registry';
import { MINUTE, manualClock } from '#runtime';

export const NOW = Date.UTC(2026, 2, 2, 9);
/** Slow enough that it has been known, and warm, for hours when the first backup is made. */
const STEP_MS = 8 * MINUTE;
/** Nothing that a table, a line or a quote could mistake. */
export const ODD_NAME = 'Familie Grün\u2028und "Söhne"\\ \t{a,b} 冰箱';

export const quiet = { info() {}, warn() {}, error() {} };

type Unit = { id: Id; secret: string };

export class Life implements AsyncDisposable {
  readonly clock = manualClock(NOW);
  readonly folder: string;
  readonly settings: Settings;
  platform!: Platform;
  unit!: Unit;

  constructor(folder: string, settings: Settings) {
    this.folder = folder;
    this.settings = settings;
  }

  /** Of a platform that lived before, until `step`. */
  goingOn(unit: Unit, step: number): this {
    this.unit = unit;
    this.clock.set(NOW + step * STEP_MS);
    return this;
  }

  async start(): Promise<this> {
    this.platform = await startPlatform({
      settings: this.settings,
      folder: this.folder,
      clock: this.clock.spec,
      terminalToo: false,
      onFatal: (why) => {
        throw new Error(why);
      },
    });
    return this;
  }

  async move(): Promise<void> {
    const { sql, pepper } = this.platform;
    const { id: household } = await createHousehold(sql, {
      name: ODD_NAME,
      address: 'Über 7',
      region: 'north',
      now: NOW,
    });
    await createPerson(sql, {
      name: ODD_NAME,
      email: 'owner@example.org',
      role: 'owner',
      household,
      password: 'a long enough password',
      now: NOW,
    });
    this.unit = await createAppliance(sql, {
      model: 'stethos-reference-fridge',
      name: ODD_NAME,
      household,
      now: NOW,
      pepper,
    });
  }

  /** Steps `from` to `to`: a reading each, something that cannot be read, a tick. */
  async live(from: number, to: number): Promise<void> {
    const { platform, unit } = this;
    const client = await connectAsync(`mqtt://127.0.0.1:${platform.mqtt.port}`, {
      clientId: unit.id,
      username: unit.id,
      password: unit.secret,
    });
    for (let step = from; step < to; step++) {
      const at = NOW + step * STEP_MS;
      this.clock.set(at);
      const values = { cabinet_temperature: 9 + step / 10, odd_signal: step, odd_word: `grün ${step}` };
      const readings = [{ at, values }];
      await client.publishAsync(upTopic(unit.id, 'telemetry'), JSON.stringify({ readings }), { qos: 1 });
      await client.publishAsync(upTopic(unit.id, 'telemetry'), `nothing that can be read ${step}`, { qos: 1 });
      await platform.tick();
    }
    await client.endAsync();
  }

  findings(): Promise<object[]> {
    return this.platform.sql.query('select id, state, opened_at, closed_at, body from app.finding order by id');
  }

  alerts(): Promise<object[]> {
    return this.platform.sql.query('select id, state from app.alert order by id');
  }

  /** How often each message was set aside. */
  async setAside(): Promise<number> {
    const [row] = await this.platform.sql.query<{ count: number }>('select count(*) as count from app.quarantine');
    return row!.count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.platform?.[Symbol.asyncDispose]();
  }
}

/** Every reading of a folder that nobody has open: stamp, signal, value. */
export async function readingsIn(folder: string, unit: Id): Promise<string[]> {
  await using copy = await openReadingsCopy(path.join(folder, 'readings.duckdb'));
  const all: string[] = [];
  for await (const page of copy.pages(unit, 7)) {
    all.push(...page.map(({ at, signal, value }) => `${at} ${signal} ${value}`));
  }
  return all;
}
