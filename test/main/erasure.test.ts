// An owner with unmistakable words lives with the platform and is erased: no readable byte is left, on any engine, nor in
// a backup that was made before.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { connectAsync } from 'mqtt';
import { Client } from 'pg';
import { afterEach, expect, it } from 'vitest';
import { type Export, type Id, newId, type Person, type ServiceCase, upTopic } from '#contracts';
import { type MailSink, startMailSink } from '#engines/smtp';
import { type Platform, startPlatform } from '#main';
import { createAppliance, createHousehold, createPerson, keyOf } from '#registry';
import { MINUTE, manualClock, put } from '#runtime';
import { coolingFails } from '../api/platform.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { findPostgres } from '../servers/postgres.ts';
import { describeEngine, present, startInfluxd, startPostgres } from '../servers/servers.ts';
import { search } from './bytes-on-disk.ts';
import { freeSettings } from './data-folder.ts';

const NOW = Date.UTC(2026, 2, 2, 9);
const PASSWORD = 'a long enough password';
const MARKERS = {
  name: 'Zephyrine Quillfeather',
  email: 'quillfeather@marker.example.org',
  household: 'Quillfeather Rookery',
  address: '17 Marzipan Crescent',
  nickname: 'Humming Glacier Box',
  note: 'Replaced the fan beside the parrot cage',
  'own words': 'Not cold since the parade of the seven otters',
  'name of an API key': 'Parrot dashboard',
  'name of a technician': 'Ottoline Brackenbury',
};
const PAYLOAD = 'wifi password of the Rookery: tangerine-sextant';

let lifetime = new AsyncDisposableStack();
afterEach(async () => {
  await lifetime.disposeAsync();
  lifetime = new AsyncDisposableStack();
});

type Somebody = { person: Person; call<Answer>(method: string, where: string, body?: object): Promise<Answer> };

async function logIn(platform: Platform, person: Person): Promise<Somebody> {
  const json = { 'content-type': 'application/json' };
  const credentials = JSON.stringify({ email: person.email, password: PASSWORD });
  const session = await fetch(`${platform.url}/api/v1/sessions`, { method: 'POST', headers: json, body: credentials });
  const cookie = session.headers.getSetCookie()[0]!.split(';')[0]!;
  return {
    person,
    async call<Answer>(method: string, where: string, body?: object) {
      const answer = await fetch(
        where.startsWith('/api/') ? `${platform.url}${where}` : `${platform.url}/api/v1${where}`,
        {
          method,
          headers: { cookie, ...(body ? json : {}) },
          ...(body ? { body: JSON.stringify(body) } : {}),
        },
      );
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${where}: ${answer.status} ${text}`);
      return (text === '' ? null : JSON.parse(text)) as Answer;
    },
  };
}

class Life {
  readonly clock = manualClock(NOW);
  /** Stopped before the last look at the disk. */
  readonly running = new AsyncDisposableStack();
  folder!: string;
  platform!: Platform;
  mail!: MailSink;
  owner!: Somebody;
  technician!: Somebody;
  household!: Id;
  appliance!: Id;

  async start(more: Record<string, string>): Promise<void> {
    this.folder = lifetime.use(await databaseDir()).path;
    this.mail = lifetime.use(await startMailSink({ host: '127.0.0.1', port: 0, clock: this.clock.clock }));
    this.platform = lifetime.use(this.running).use(
      await startPlatform({
        settings: await freeSettings({ SMTP_URL: this.mail.url, ...more }),
        folder: this.folder,
        clock: this.clock.spec,
        terminalToo: false,
        onFatal: (why) => {
          throw new Error(why);
        },
      }),
    );
  }

  /** Some minutes later; everything that is due was done. */
  async later(minutes: number): Promise<void> {
    this.clock.set(this.clock.clock.now() + minutes * MINUTE);
    await this.platform.tick();
    await this.platform.settle();
  }

  async live(): Promise<void> {
    const { sql, pepper, mqtt } = this.platform;
    const now = NOW;
    const common = { password: PASSWORD, now };
    const { household, address, name, email, nickname } = MARKERS;
    this.household = (await createHousehold(sql, { name: household, address, region: 'north', now })).id;
    const owner = await createPerson(sql, { name, email, role: 'owner', household: this.household, ...common });
    const technician = await createPerson(sql, {
      name: MARKERS['name of a technician'],
      email: 'technician@example.org',
      role: 'technician',
      region: 'north',
      skills: ['refrigeration'],
      ...common,
    });
    this.owner = await logIn(this.platform, owner);
    this.technician = await logIn(this.platform, technician);
    await this.owner.call('POST', '/api-keys', { name: MARKERS['name of an API key'], scopes: ['alerts:read'] });
    const made = await createAppliance(sql, {
      model: 'stethos-reference-fridge',
      name: nickname,
      household: this.household,
      now,
      pepper,
    });
    this.appliance = made.id;
    const client = await connectAsync(`mqtt://127.0.0.1:${mqtt.port}`, {
      clientId: made.id,
      username: made.id,
      password: made.secret,
    });
    const say = (payload: string) => client.publishAsync(upTopic(made.id, 'telemetry'), payload, { qos: 1 });
    await say(JSON.stringify({ readings: [{ at: NOW, values: { cabinet_temperature: 9 } }] }));
    await say(PAYLOAD);
    await this.owner.call('POST', `/appliances/${made.id}/reports`, { text: MARKERS['own words'] });
    await client.endAsync();
    await this.platform.settle();
    await this.repair();
  }

  /** Alert, mail, case, visit, note, and an export. */
  async repair(): Promise<void> {
    const finding = coolingFails(this.appliance);
    const change = { id: newId(), change: 'opened', finding };
    await put(this.platform.sql, 'finding', { id: change.id, key: this.appliance, body: change });
    await this.later(1);
    const { items } = await this.owner.call<{ items: { id: Id }[] }>('GET', '/alerts');
    await this.owner.call('POST', `/alerts/${items[0]!.id}/service-request`);
    await this.later(1);
    const visit = (await this.case()).visits[0]!.id;
    await this.technician.call('POST', `/visits/${visit}/acceptance`);
    await this.later(1);
    await this.technician.call('POST', `/visits/${visit}/result`, { outcome: 'repaired', note: MARKERS.note });
    const asked = [
      await this.owner.call<Export>('POST', '/me/exports', { format: 'json' }),
      await this.owner.call<Export>('POST', `/appliances/${this.appliance}/exports`, { format: 'csv' }),
    ];
    await this.later(1);
    for (const { id } of asked)
      expect(await this.owner.call('GET', `/exports/${id}`)).toMatchObject({ state: 'ready' });
  }

  async case(): Promise<ServiceCase> {
    return (await this.owner.call<{ items: ServiceCase[] }>('GET', '/cases')).items[0]!;
  }
}

/** What an operator keeps: every table but the keys. */
async function dumpTables({ sql }: Platform, file: string): Promise<void> {
  const tables = await sql.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'app' order by 1",
  );
  for (const { name } of tables) {
    const rows = await sql.query<{ row: string }>(`select t::text as row from app.${name} t`);
    fs.appendFileSync(file, `${name}\n${rows.map(({ row }) => row).join('\n')}\n`);
  }
}

async function theOwnerIsErased(more: Record<string, string>, elsewhere: () => string[]): Promise<void> {
  const life = new Life();
  await life.start(more);
  await life.live();
  // They were really there, for those who may read them.
  expect((await life.case()).timeline.some(({ text }) => text.en.includes(MARKERS.note))).toBe(true);
  expect(await life.owner.call('GET', `/appliances/${life.appliance}/reports`)).toMatchObject({
    items: [{ text: MARKERS['own words'] }],
  });
  const mails = life.mail.mails().map(({ to, subject, text }) => `${to} ${subject} ${text}`);
  expect(mails.some((mail) => mail.includes(MARKERS.name) && mail.includes(MARKERS.nickname))).toBe(true);
  expect(mails.some((mail) => mail.includes(`${MARKERS['name of a technician']} will come`))).toBe(true);

  const everywhere = () => [life.folder, ...elsewhere()];
  const lived = search(everywhere(), { ...MARKERS, payload: PAYLOAD });
  console.log(`plain text while they live: ${lived.bytes} bytes searched, ${lived.hits.length} hits`, lived.hits);
  // The log keeps what an appliance sent until every consumer has passed.
  expect(lived.hits.every((hit) => /^log.*: payload$/.test(hit))).toBe(true);

  const backup = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-backup-'));
  lifetime.defer(() => fs.rmSync(backup, { recursive: true, force: true }));
  await dumpTables(life.platform, path.join(backup, 'app.txt'));
  if (more.DATABASE_URL) {
    const program = path.join(path.dirname(findPostgres()!), 'pg_dump');
    execFileSync(program, ['--exclude-schema=keys', '-f', path.join(backup, 'dump.sql'), more.DATABASE_URL]);
  }
  const subjects = { owner: life.owner.person.id, household: life.household };
  const keys: Record<string, Uint8Array> = {};
  for (const [name, id] of Object.entries(subjects)) keys[`key of the ${name}`] = (await keyOf(life.platform.sql, id))!;
  expect(search(everywhere(), keys).hits.length).toBeGreaterThan(0);

  const erased = await life.owner.call('POST', '/me/erasure');
  expect(erased).toEqual({ households: [life.household], appliances: [life.appliance] });
  await life.later(1);
  await life.later(5);
  await life.later(5);
  const count = await life.platform.sql.query('select count(*)::int as n from app.person where id = $1', [
    life.owner.person.id,
  ]);
  expect(count).toEqual([{ n: 1 }]);
  if (more.DATABASE_URL) await emptyJournal(life.platform);
  await life.running.disposeAsync();

  const { 'name of a technician': _, ...his } = MARKERS;
  const left = search([...everywhere(), backup], { ...his, payload: PAYLOAD, ...keys });
  console.log(`after the erasure, backup included: ${left.bytes} bytes searched, ${left.hits.length} hits`, left.hits);
  expect(left.hits).toEqual([]);
}

/** What docs/operations.md asks of whoever runs a PostgreSQL server. */
async function emptyJournal({ sql }: Platform): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await sql.query('select pg_switch_wal()');
    await sql.query('checkpoint');
  }
}

it('an erased owner leaves no readable byte on the embedded engines, nor in a backup without the keys', async () => {
  await theOwnerIsErased({}, () => []);
}, 120_000);

describeEngine('InfluxDB', 'and', () => {
  describeEngine('PostgreSQL', 'the servers', () => {
    it('hold no readable byte of an erased owner, nor does a backup without the keys', async () => {
      const postgres = lifetime.use(present(await startPostgres()));
      const influx = lifetime.use(present(await startInfluxd()));
      const { url, token, org, bucket, folder } = influx;
      const settings = { INFLUX_URL: url, INFLUX_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket };
      await withoutRecycling(postgres.url);
      await theOwnerIsErased({ DATABASE_URL: postgres.url, ...settings }, () => [postgres.folder, folder]);
    }, 180_000);
  });
});

async function withoutRecycling(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('alter system set wal_recycle = off');
  await client.query('select pg_reload_conf()');
  await client.end();
}
