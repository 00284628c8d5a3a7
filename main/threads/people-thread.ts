// The people thread: API and pages, alerts, field service, and the queue that wakes them.
import { workerData } from 'node:worker_threads';
import { type AlertsDeps, sweepAlerts, sweepNotifications } from '#alerts';
import { startApi } from '#api';
import type { Sweep } from '#contracts';
import { startJobsWorker } from '#engines/bullmq';
import { type MailSink, openMailSender, startMailSink } from '#engines/smtp';
import { type FieldServiceDeps, sweepFieldService } from '#field-service';
import { issueSetUpToken } from '#registry';
import { DAY, forgetDone, HOUR, type LogWriter, messageOf, oneAtATime, openClock, SECOND } from '#runtime';
import { openLogger } from '../logger.ts';
import { openJobsOf, openRegistry, type Registry } from './engines.ts';
import { type MainOffers, type PeopleData, type PeopleOffers, type SeriesOffers, SWEEPS } from './offers.ts';
import { connect } from './wire.ts';

/** Stands behind the queue: finds what a lost wake-up left. */
const SWEEP_EVERY_MS = 15 * SECOND;
const OUTBOX_KEPT_MS = 7 * DAY;

const data = workerData as PeopleData;
const stack = new AsyncDisposableStack();
const logger = openLogger({ folder: data.folder, thread: 'people', terminalToo: data.terminalToo });
const clock = openClock(data.clock);
const turns = { alerts: oneAtATime(), notifications: oneAtATime(), 'field-service': oneAtATime() };
let sweep: (name: Sweep) => Promise<number>;

const main = connect<MainOffers, PeopleOffers>(data.main, {
  async start() {
    const registry = await openRegistry(data, stack);
    const alerts = await alertsDeps(registry);
    const fieldService: FieldServiceDeps = { sql: alerts.sql, jobs: alerts.jobs, logger };
    // Two sweeps of one kind at once in one process would only wait for each other's rows.
    sweep = (name) => turns[name](() => SWEEP_OF[name](alerts, fieldService));
    const api = stack.use(await openApi(registry, alerts, fieldService));
    stack.use(
      await startJobsWorker({
        connection: registry.jobsConnection,
        run: async (name) => void (await sweep(name)),
        logger,
      }),
    );
    sweepRegularly(registry);
    return { url: api.url, setUpToken: data.demo ? null : await issueSetUpToken(registry.sql, clock.now()) };
  },
  async stop() {
    await stack.disposeAsync();
  },
  async sweepAll() {
    let done: number;
    do {
      done = 0;
      for (const name of SWEEPS) done += await sweep(name);
    } while (done > 0);
  },
});

const SWEEP_OF: Record<Sweep, (alerts: AlertsDeps, fieldService: FieldServiceDeps) => Promise<number>> = {
  alerts: (alerts) => sweepAlerts(alerts, clock.now()),
  notifications: (alerts) => sweepNotifications(alerts, clock.now()),
  'field-service': (_, fieldService) => sweepFieldService(fieldService, clock.now()),
};

let mailSink: MailSink | undefined;

async function alertsDeps(registry: Registry): Promise<AlertsDeps> {
  const { settings } = data;
  const jobs = await openJobsOf(registry, { clock, logger }, stack);
  if (data.demo && !settings.SMTP_URL) mailSink = stack.use(await startMailSink({ host: '127.0.0.1', port: 0, clock }));
  const smtpUrl = settings.SMTP_URL ?? mailSink?.url;
  const mail = smtpUrl ? stack.use(openMailSender({ smtpUrl, from: settings.MAIL_FROM })) : null;
  return { sql: registry.sql, jobs, mail, publicUrl: publicUrl(), logger };
}

function publicUrl(): string {
  const { PUBLIC_URL, HOST, HTTP_PORT } = data.settings;
  return (PUBLIC_URL ?? `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${HTTP_PORT}`).replace(/\/$/, '');
}

function openApi(registry: Registry, alerts: AlertsDeps, fieldService: FieldServiceDeps): ReturnType<typeof startApi> {
  const store = connect<SeriesOffers, object>(data.series, {});
  const log: LogWriter = {
    append(record, done) {
      main.append(record).then(
        () => done(null),
        (error: Error) => done(error),
      );
    },
  };
  return startApi({
    sql: registry.sql,
    log,
    series: (query) => store.series(query),
    jobs: alerts.jobs,
    clock,
    logger,
    pepper: data.pepper,
    publicUrl: alerts.publicUrl,
    mqttAddress: data.mqtt,
    host: data.settings.HOST,
    port: data.settings.HTTP_PORT,
    webRoot: data.webRoot,
    ready: async () => {
      const database = await registry.sql.query('select 1').then(() => 'ok', messageOf);
      return { ok: database === 'ok', checks: { database } };
    },
    ...(mailSink ? { mailSink } : {}),
    ...(data.demo ? { demo: data.demo } : {}),
    alerts,
    fieldService,
  });
}

function sweepRegularly(registry: Registry): void {
  const failed = (error: unknown): void =>
    logger.warn({ error: messageOf(error) }, 'a periodic sweep failed; the next one goes on');
  const sweepEach = async (): Promise<void> => {
    for (const name of SWEEPS) await sweep(name);
  };
  stack.defer(clock.every(SWEEP_EVERY_MS, () => void sweepEach().catch(failed)));
  stack.defer(clock.every(HOUR, () => void forgetDone(registry.sql, clock.now() - OUTBOX_KEPT_MS).catch(failed)));
}
