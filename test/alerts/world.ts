// A small world for the stories of alerts and field service: people, appliances, findings as diagnosis leaves them, real
// mail to a local sink, and a clock that stands until a story moves it. Nobody wakes the sweeps: stories run them.

import { expect } from 'vitest';
import { type AlertsDeps, alertsTables, sweepAlerts, sweepNotifications } from '#alerts';
import {
  type Finding,
  type FindingChange,
  type Id,
  idOf,
  type Language,
  newId,
  type Person,
  type RankedCause,
  type Role,
  type Severity,
} from '#contracts';
import { openMailSender, type SunkMail, startMailSink } from '#engines/smtp';
import { type FieldServiceDeps, fieldServiceTables, sweepFieldService } from '#field-service';
import { createAppliance, createHousehold, createPerson, homeOrganisation, registryTables } from '#registry';
import { MINUTE, manualClock, migrate, put } from '#runtime';
import { pgliteDatabase, type TestDatabase } from '../engines/databases.ts';

/** A Tuesday, nine o'clock in Berlin. */
export const START = Date.UTC(2026, 2, 3, 8);
const TABLES = [...registryTables, ...alertsTables, ...fieldServiceTables];
const PUBLIC_URL = 'https://stethos.example.org';

const nobodyWakes = { wake: async () => {} };

export type World = Awaited<ReturnType<typeof openWorld>>;

export async function openWorld(open: () => Promise<TestDatabase> = pgliteDatabase) {
  await using building = new AsyncDisposableStack();
  const { sql } = building.use(await open());
  await migrate(sql, TABLES);
  const brand = (await homeOrganisation(sql)).id;
  const { clock, set } = manualClock(START);
  const sink = building.use(await startMailSink({ host: '127.0.0.1', port: 0, clock }));
  const mail = building.use(openMailSender({ smtpUrl: sink.url, from: 'Stethos <service@stethos.example.org>' }));
  const errors: object[] = [];
  const logger = { info: () => {}, warn: () => {}, error: (fields: object) => void errors.push(fields) };
  const alerts: AlertsDeps = { sql, jobs: nobodyWakes, mail, publicUrl: PUBLIC_URL, logger };
  const service: FieldServiceDeps = { sql, jobs: nobodyWakes, logger };
  const lifetime = building.move();
  const read = new Set<string>();
  const world = {
    sql,
    /** The organisation that looks after every appliance of this world, and all it may see. */
    brand,
    everything: { organisation: brand, alerts: [] },
    alerts,
    service,
    /** What the sweeps had to log as errors: nothing, in a good story. */
    errors,
    clock,
    now: () => clock.now(),
    /** Minutes since the story began. */
    at: (minutes: number) => set(START + minutes * MINUTE),
    /** Everything there is to do now, in the order in which work flows. */
    async sweep(deps: { mail?: AlertsDeps['mail'] } = {}) {
      await sweepAlerts({ ...alerts, ...deps }, clock.now());
      await sweepFieldService(service, clock.now());
      await sweepNotifications({ ...alerts, ...deps }, clock.now());
      expect(errors).toEqual([]);
    },
    /** Moves the clock and sweeps. */
    async sweepAt(minutes: number) {
      world.at(minutes);
      await world.sweep();
    },
    /** Mails that came since the last call, oldest first. */
    newMails(): SunkMail[] {
      const fresh = sink.mails().filter((one) => !read.has(`${one.id} ${one.at}`));
      for (const one of fresh) read.add(`${one.id} ${one.at}`);
      return fresh.reverse();
    },
    /** Each story begins at START in an empty world. */
    async reset() {
      set(START);
      errors.length = 0;
      const tables = await sql.query<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'app' and tablename not in ('migration', 'organisation')",
      );
      await sql.query(`truncate ${tables.map(({ name }) => `app.${name}`).join(', ')}`);
      world.newMails();
    },
    [Symbol.asyncDispose]: () => lifetime.disposeAsync(),
  };
  return world;
}

let people = 0;

export async function givenPerson(
  world: World,
  role: Role,
  fields: {
    name?: string;
    household?: Id;
    language?: Language;
    timeZone?: string;
    region?: string;
    skills?: string[];
  } = {},
): Promise<Person> {
  return createPerson(world.sql, {
    name: `${role} ${++people}`,
    email: `person-${people}@example.org`,
    password: 'correct horse battery',
    role,
    now: world.now(),
    ...fields,
  });
}

export type Home = { household: Id; owner: Person; appliance: Id };

/** A household in the north with one owner in Berlin and one fridge. */
export async function givenHome(world: World, owner: Parameters<typeof givenPerson>[2] = {}): Promise<Home> {
  const household = await createHousehold(world.sql, { name: 'Home', region: 'north', now: world.now() });
  const person = await givenPerson(world, 'owner', {
    name: 'Anna',
    timeZone: 'Europe/Berlin',
    household: household.id,
    ...owner,
  });
  return { household: household.id, owner: person, appliance: await givenAppliance(world, household.id) };
}

export async function givenAppliance(world: World, household?: Id): Promise<Id> {
  const fields = {
    model: 'stethos-reference-fridge',
    name: 'Kitchen fridge',
    now: world.now(),
    pepper: 'pepper of the test',
  };
  return (await createAppliance(world.sql, household ? { ...fields, household } : fields)).id;
}

export const DOOR: RankedCause = {
  cause: 'door-left-open',
  name: { en: 'door left open', zh: '门没有关好' },
  probability: 0.9,
  explanation: { en: 'The door has been open for a while.', zh: '门已经打开一段时间了。' },
  remedy: { by: 'owner', steps: [{ en: 'Close the door.', zh: '请关上门。' }] },
};

export const COOLING: RankedCause = {
  cause: 'refrigerant-leak',
  name: { en: 'cooling is failing', zh: '制冷失效' },
  probability: 0.8,
  explanation: { en: 'It runs all the time and gets no colder.', zh: '一直运行但温度不降。' },
  remedy: {
    by: 'technician',
    skill: 'refrigeration',
    parts: [{ en: 'evaporator fan', zh: '蒸发器风扇' }],
    urgency: 'today',
    meanwhile: [{ en: 'Move delicate food elsewhere.', zh: '请先把易变质的食物移到别处。' }],
  },
};

export const UNKNOWN: RankedCause = {
  cause: 'unknown',
  name: { en: 'not known yet', zh: '尚不清楚' },
  probability: 0.4,
  explanation: { en: 'We do not know why yet.', zh: '我们还不知道原因。' },
  remedy: { by: 'technician', skill: 'general', parts: [], urgency: 'days', meanwhile: [] },
};

const QUESTION = {
  question: 'door-closed',
  text: { en: 'Is the door closed?', zh: '门关好了吗？' },
  answers: [
    { answer: 'it-was-open', text: { en: 'It was open', zh: '刚才是开着的' } },
    { answer: 'it-is-closed', text: { en: 'It is closed', zh: '是关着的' } },
  ],
};

export type Episode = {
  appliance: Id;
  causes: RankedCause[];
  problem?: string;
  episode?: number;
  severity?: Severity;
  /** Event time, minutes since the story began. */
  since?: number;
  answers?: Finding['answers'];
  improving?: boolean;
};

let changes = 0;

/** Leaves a finding as diagnosis does. `at`: the minute of event time at which it happened, else now. */
export async function diagnosisSays(
  world: World,
  change: FindingChange['change'],
  episode: Episode,
  told: { at?: number; key?: string } = {},
): Promise<void> {
  const { appliance, causes, problem = 'refrigerator-cooling', severity = 'warning', since = 0 } = episode;
  const ended = change === 'closed' || change === 'withdrawn';
  const happenedAt = told.at === undefined ? world.now() : START + told.at * MINUTE;
  const finding: Finding = {
    id: idOf(appliance, problem, episode.episode ?? 1),
    appliance,
    problem,
    title: { en: 'The fridge is too warm', zh: '冰箱温度过高' },
    summary: {
      en: 'It has been at {value} since {since}.',
      zh: '自 {since} 起温度为 {value}。',
      values: { value: { value: 9, unit: 'Cel' }, since: { value: START + since * MINUTE, unit: 'instant' } },
    },
    wouldClear: { en: 'Colder than 6 degrees.', zh: '低于 6 度。' },
    severity,
    improving: episode.improving ?? false,
    state: ended ? change : 'open',
    openedAt: START + since * MINUTE,
    changedAt: happenedAt,
    closedAt: ended ? happenedAt : null,
    rule: { id: 'refrigerator', version: 1 },
    reviewedBy: null,
    causes,
    evidence: [],
    question: QUESTION,
    answers: episode.answers ?? [],
  };
  const id = idOf(finding.id, ++changes);
  const body: FindingChange = { id, change, finding };
  await world.sql.transaction((tx) => put(tx, 'finding', { id: newId(), key: told.key ?? appliance, body }));
}
