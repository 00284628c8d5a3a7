// The parts that the API stands on, all real and embedded: database, log, readings store, alerts, field service.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertsTables, sweepAlerts, sweepNotifications } from '#alerts';
import { type ApiDeps, apiTables, buildApp, startRights } from '#api';
import { type Finding, type FindingChange, type Id, type LogRecord, newId, type Person, type Role } from '#contracts';
import { diagnosisTables, openExplainer } from '#diagnosis-rules';
import { openDuckdbReadings } from '#engines/duckdb';
import { scrubJournal } from '#engines/postgres';
import { openSegmentLogReader, openSegmentLogWriter } from '#engines/segment-log';
import { openWebhookSender } from '#engines/webhook';
import { fieldServiceTables, sweepFieldService } from '#field-service';
import { ingestTables, makeDecode, momentsOf, startReadingsWorker } from '#ingest';
import {
  createAppliance,
  createHousehold,
  createPerson,
  loadModels,
  neutralCode,
  registryTables,
  sealForAppliances,
} from '#registry';
import { DAY, type Jobs, type Logger, manualClock, migrate, put, takeLease } from '#runtime';
import { pgliteDatabase, type TestDatabase } from '../engines/databases.ts';

export const NOW = Date.UTC(2026, 2, 2, 9);
export const PASSWORD = 'correct horse battery';
export const MINUTE = 60_000;

/** Loses every wake-up, which a queue may do: the tests drive the sweeps. */
const sleepyJobs: Jobs = { wake: async () => {} };

export type Account = { person: Person; cookie: string };
export type Platform = Awaited<ReturnType<typeof openPlatform>>;

export async function openPlatform(more: Partial<ApiDeps> = {}, open: () => Promise<TestDatabase> = pgliteDatabase) {
  const stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'stethos-api-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const { clock, set } = manualClock(NOW);
  const logged: { level: string; fields: object; message: string }[] = [];
  const note = (level: string) => (fields: object, message: string) => void logged.push({ level, fields, message });
  const logger: Logger = { info: note('info'), warn: note('warn'), error: note('error') };

  const { sql } = stack.use(await open());
  const tables = [...registryTables, ...ingestTables, ...diagnosisTables, ...alertsTables];
  await migrate(sql, [...tables, ...fieldServiceTables, ...apiTables]);
  const logFolder = join(folder, 'log');
  const log = openSegmentLogWriter({
    folder: logFolder,
    logger,
    onFatal: (error) => {
      throw error;
    },
  });
  stack.defer(() => log.close());
  const reader = openSegmentLogReader({ folder: logFolder, shared: log.shared, logger });
  stack.defer(() => reader.close());
  const store = stack.use(await openDuckdbReadings({ file: join(folder, 'readings.duckdb') }));
  const passing = new Set<() => void>();
  const worker = stack.use(
    await startReadingsWorker({
      lease: (await takeLease(sql, { consumer: 'readings', partition: 0 }, { owner: 'test', endless: true }))!,
      log: reader,
      store,
      sql,
      decode: makeDecode(loadModels()),
      seal: sealForAppliances,
      downlink: { notify: () => {} },
      clock,
      logger,
      taken: () => {
        for (const check of passing) check();
      },
    }),
  );

  const alerts = { sql, jobs: sleepyJobs, mail: null, publicUrl: 'http://stethos.test', logger };
  const fieldService = { sql, jobs: sleepyJobs, logger };
  const deps: ApiDeps = {
    sql,
    log,
    series: (query) => store.series(query),
    explain: openExplainer({ sql, history: (query) => momentsOf(store, query), heard: async () => [], neutralCode }),
    jobs: sleepyJobs,
    clock,
    logger,
    pepper: 'a pepper of the test',
    publicUrl: 'http://stethos.test',
    mqttAddress: { host: '127.0.0.1', port: 1883 },
    host: '127.0.0.1',
    port: 0,
    webRoot: null,
    ready: async () => ({ database: 'ok' }),
    alerts,
    fieldService,
    exportFolder: join(folder, 'exports'),
    webhookSender: openWebhookSender({ resolve: async () => ['93.184.215.14'] }),
    ...more,
  };
  const rights = startRights({
    ...deps,
    readings: (query) => store.readings(query),
    rollups: (query) => store.rollups(query),
    scrub: () => scrubJournal(sql),
  });
  const app = await buildApp(deps);
  stack.defer(() => app.close());

  const append = (record: LogRecord) =>
    new Promise<void>((resolve, reject) => log.append(record, (error) => (error ? reject(error) : resolve())));

  let people = 0;
  let logIns = 0;
  return {
    deps,
    folder,
    rights,
    sql,
    app,
    log: reader,
    logged,
    setClock: set,
    now: () => clock.now(),

    household: (name: string) => createHousehold(sql, { name, region: 'north', address: `${name} 1`, now: NOW }),

    appliance: async (household: Id | undefined, name = 'Fridge', model = 'stethos-reference-fridge') =>
      (
        await createAppliance(sql, {
          model,
          name,
          ...(household === undefined ? {} : { household }),
          now: NOW,
          pepper: deps.pepper,
        })
      ).id,

    /** Made and logged in. */
    async account(role: Role, household?: Id): Promise<Account> {
      const email = `${role}-${++people}@example.org`;
      const technician = role === 'technician' ? { region: 'north', skills: ['refrigeration', 'general'] } : {};
      const home = household === undefined ? {} : { household };
      const person = await createPerson(sql, {
        name: `${role} ${people}`,
        email,
        password: PASSWORD,
        role,
        now: NOW,
        ...technician,
        ...home,
      });
      return { person, cookie: await this.logIn(email) };
    },

    async logIn(email: string): Promise<string> {
      const answer = await app.inject({
        method: 'POST',
        url: '/api/v1/sessions',
        payload: { email, password: PASSWORD },
        // Each from a place of its own: one address may not log in that often.
        remoteAddress: `10.99.${(++logIns >> 8) & 255}.${logIns & 255}`,
      });
      const [cookie] = answer.cookies;
      return `${cookie!.name}=${cookie!.value}`;
    },

    /** One message of an appliance, through the log and the readings worker. */
    async hear(appliance: Id, payload: string): Promise<void> {
      const model = 'stethos-reference-fridge';
      const body = Buffer.from(payload);
      await append({ kind: 'message', at: clock.now(), appliance, channel: 'telemetry', model, body });
      await this.settled();
    },

    /** When the readings worker has taken what is in the log now. */
    async settled(): Promise<void> {
      const end = await reader.end();
      await new Promise<void>((resolve) => {
        const check = () => {
          if (worker.position() < end) return;
          passing.delete(check);
          resolve();
        };
        passing.add(check);
        check();
      });
      await worker.flush();
    },

    /** All readings so far are rolled up, as if a day had passed. */
    async growOld(): Promise<void> {
      while (await store.age({ closedBefore: clock.now() + DAY, rawBefore: 0, rollupsBefore: 0 }));
    },

    /** What diagnosis leaves when it finds something, taken by alerts. */
    async find(finding: Finding): Promise<void> {
      const change: FindingChange = { id: newId(), change: finding.state === 'open' ? 'opened' : 'closed', finding };
      await put(sql, 'finding', { id: change.id, key: finding.appliance, body: change });
      await sweepAlerts(alerts, clock.now());
      await sweepNotifications(alerts, clock.now());
    },

    async sweepFieldService(): Promise<void> {
      await sweepFieldService(fieldService, clock.now());
    },

    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A finding that a technician must mend, as diagnosis words it. */
export function coolingFails(appliance: Id, more: Partial<Finding> = {}): Finding {
  const words = (en: string, zh: string) => ({ en, zh });
  return {
    id: newId(),
    appliance,
    problem: 'refrigerator-cooling',
    title: words('The fridge is too warm', '冰箱温度过高'),
    summary: words('It has been above 8 °C for half an hour.', '温度高于 8 °C 已有半小时。'),
    wouldClear: words('Below 7 °C for half an hour.', '低于 7 °C 持续半小时。'),
    severity: 'critical',
    improving: false,
    state: 'open',
    openedAt: NOW,
    changedAt: NOW,
    closedAt: null,
    rule: { id: 'refrigerator-cooling', version: 1 },
    reviewedBy: null,
    causes: [
      {
        cause: 'refrigerant-leak',
        name: words('Cooling is failing', '制冷失效'),
        probability: 0.7,
        explanation: words('The compressor runs without effect.', '压缩机运转但不制冷。'),
        remedy: { by: 'technician', skill: 'refrigeration', parts: [], urgency: 'today', meanwhile: [] },
      },
      {
        cause: 'door-left-open',
        name: words('The door was left open', '门没有关好'),
        probability: 0.3,
        explanation: words('Warm air comes in.', '有热空气进入。'),
        remedy: { by: 'owner', steps: [words('Close the door.', '请关上门。')] },
      },
    ],
    evidence: [],
    question: {
      question: 'door-closed',
      text: words('Is the door closed?', '门关好了吗？'),
      answers: [
        { answer: 'it-is-closed', text: words('It is closed', '关好了') },
        { answer: 'it-was-open', text: words('It was open', '之前开着') },
      ],
    },
    answers: [],
    ...more,
  };
}
