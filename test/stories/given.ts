// Givens for stories through the whole platform: real MQTT, real HTTP, real engines, real mail; only the clock is ours.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Alert, AlertSummary, Id, Person, Role, ServiceCase, Visit } from '#contracts';
import { type Episode, startDevice } from '#device-sim';
import { type MailSink, startMailSink } from '#engines/smtp';
import { type Platform, readSettings, startPlatform } from '#main';
import { createAppliance, createHousehold, createPerson, loadModels } from '#registry';
import { HOUR, MINUTE, manualClock } from '#runtime';

const NOON = Date.UTC(2026, 5, 10, 12);
const PASSWORD = 'a long enough password';
/** Simulated appliances begin with this much healthy life, which they send like a buffer: what was plugged in an hour ago is excused for much. */
const PAST_HOURS = 26;
/** Long enough to know what is usual for it. */
export const WELL_KNOWN = 5 * 24;

export type Client = {
  person: Person;
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body?: object): Promise<Answer>;
};

export type Home = {
  owner: Client;
  appliance: Id;
  alerts(state?: 'open' | 'closed' | 'all'): Promise<AlertSummary[]>;
  /** The one open alert, whole. */
  openAlert(): Promise<Alert>;
};

export type Town = AsyncDisposable & {
  now(): number;
  /** Lets time pass minute by minute: appliances speak, ticks carry time, every stage does what is due. */
  advance(ms: number, options?: { settleEveryMs?: number }): Promise<void>;
  home(options: {
    episodes?: readonly Episode[];
    doorSensor?: boolean;
    region?: string;
    seed?: number;
    pastHours?: number;
  }): Promise<Home>;
  staff(role: Role, options?: { region?: string; skills?: string[] }): Promise<Client>;
  mailsTo(client: Client): { subject: string; text: string }[];
  cases(client: Client, state?: 'open' | 'closed' | 'all'): Promise<ServiceCase[]>;
  visitOf(client: Client, home: Home): Promise<Visit>;
};

async function logIn(url: string, person: Person): Promise<Client> {
  const session = await fetch(`${url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: person.email, password: PASSWORD }),
  });
  const cookie = session.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const call = async (method: string, where: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1${where}`, {
      method,
      headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
  return {
    person,
    get: <Answer>(where: string) => call('GET', where) as Promise<Answer>,
    post: <Answer>(where: string, body?: object) => call('POST', where, body) as Promise<Answer>,
  };
}

class RunningTown implements Town {
  readonly #clock = manualClock(NOON);
  readonly #stack = new AsyncDisposableStack();
  readonly #devices: { catchUp(): Promise<void> }[] = [];
  #platform!: Platform;
  #mail!: MailSink;
  #people = 0;

  async start(more: Record<string, string>): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-story-'));
    this.#stack.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
    this.#mail = this.#stack.use(await startMailSink({ host: '127.0.0.1', port: 0, clock: this.#clock.clock }));
    const ports = { HTTP_PORT: '0', MQTT_PORT: '0', MQTT_WS_PORT: '0' };
    this.#platform = this.#stack.use(
      await startPlatform({
        settings: readSettings({ environment: { ...ports, SMTP_URL: this.#mail.url, ...more }, demo: false }),
        folder,
        clock: this.#clock.spec,
        terminalToo: false,
        onFatal: (why) => {
          throw new Error(why);
        },
      }),
    );
  }

  now(): number {
    return this.#clock.clock.now();
  }

  async advance(ms: number, { settleEveryMs = 5 * MINUTE }: { settleEveryMs?: number } = {}): Promise<void> {
    const until = this.now() + ms;
    let settledAt = this.now();
    while (this.now() < until) {
      this.#clock.set(Math.min(until, this.now() + MINUTE));
      await Promise.all(this.#devices.map((device) => device.catchUp()));
      await this.#platform.tick();
      if (this.now() - settledAt < settleEveryMs) continue;
      settledAt = this.now();
      await this.#platform.settle();
    }
    await this.#platform.settle();
  }

  async home({
    episodes = [],
    doorSensor = true,
    region = 'east',
    seed = 7,
    pastHours = PAST_HOURS,
  }: Parameters<Town['home']>[0]): Promise<Home> {
    const { sql, pepper, mqtt } = this.#platform;
    const household = await createHousehold(sql, {
      name: 'A family',
      address: '1 Example Street',
      region,
      now: this.now(),
    });
    const owner = await this.#person('owner', { household: household.id });
    const model = doorSensor ? 'stethos-reference-fridge' : 'fridge-without-door-sensor';
    const made = await createAppliance(sql, {
      model,
      name: 'Fridge',
      household: household.id,
      now: this.now(),
      pepper,
    });
    const device = startDevice({
      mqttUrl: `mqtt://${mqtt.host}:${mqtt.port}`,
      ...made,
      seed,
      episodes,
      signals: Object.keys(loadModels().get(model)!.signals),
      now: () => this.now(),
      live: false,
      pastHours,
    });
    this.#stack.use(device);
    this.#devices.push(device);
    await device.catchUp();
    const alerts = async (state = 'open'): Promise<AlertSummary[]> =>
      (await owner.get<{ items: AlertSummary[] }>(`/alerts?state=${state}`)).items;
    return {
      owner,
      appliance: made.id,
      alerts,
      openAlert: async () => {
        const open = await alerts();
        if (open.length !== 1) throw new Error(`${open.length} alerts are open`);
        return owner.get<Alert>(`/alerts/${open[0]!.id}`);
      },
    };
  }

  staff(role: Role, options: { region?: string; skills?: string[] } = {}): Promise<Client> {
    return this.#person(role, options);
  }

  mailsTo({ person }: Client): { subject: string; text: string }[] {
    return this.#mail
      .mails()
      .filter((mail) => mail.to.includes(person.email))
      .reverse();
  }

  async cases(client: Client, state = 'all'): Promise<ServiceCase[]> {
    return (await client.get<{ items: ServiceCase[] }>(`/cases?state=${state}`)).items;
  }

  async visitOf(client: Client, home: Home): Promise<Visit> {
    const found = (await this.cases(client)).find((one) => one.appliance === home.appliance);
    if (!found?.visits[0]) throw new Error('there is no visit');
    return found.visits.at(-1)!;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  async #person(role: Role, more: { household?: Id; region?: string; skills?: string[] }): Promise<Client> {
    const n = ++this.#people;
    const person = await createPerson(this.#platform.sql, {
      role,
      name: `${role} ${n}`,
      email: `${role}${n}@example.org`,
      password: PASSWORD,
      language: 'en',
      timeZone: 'UTC',
      now: this.now(),
      ...more,
    });
    return logIn(this.#platform.url, person);
  }
}

/** A platform of its own at noon of a working day; `more` settings switch engines. */
export async function givenTown(more: Record<string, string> = {}): Promise<Town> {
  const town = new RunningTown();
  await town.start(more);
  return town;
}

export { HOUR, MINUTE };
