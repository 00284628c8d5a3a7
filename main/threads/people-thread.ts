// The people thread: those of API and pages, alerts and field service that this process runs, and the queue that wakes them.
import * as path from 'node:path';
import { workerData } from 'node:worker_threads';
import { type AlertsDeps, sweepAlerts, sweepNotifications } from '#alerts';
import {
  forgetAttempts,
  forgetDeliveries,
  IDEMPOTENCY_KEPT_MS,
  type Rights,
  startApi,
  startRights,
  startWebhooks,
  type WebhookSender,
  type Webhooks,
} from '#api';
import { STAGE_OF, Sweep, type SweepingStage } from '#contracts';
import { deliverCohorts, deliverRules, openExplainer } from '#diagnosis-rules';
import { startJobsWorker } from '#engines/bullmq';
import { scrubJournal, vacuumEach } from '#engines/postgres';
import { type MailSink, openMailSender, startMailSink } from '#engines/smtp';
import { openWebhookSender } from '#engines/webhook';
import { type FieldServiceDeps, sweepFieldService } from '#field-service';
import { dueDays, momentsOf, type ReadingsStore, seriesOf } from '#ingest';
import { expireCommands, issueSetUpToken, neutralCode } from '#registry';
import { DAY, forgetDone, HOUR, type LogWriter, MINUTE, messageOf, oneAtATime, openClock, SECOND } from '#runtime';
import { openLogger } from '../logger.ts';
import { openInflux, openJobsOf, openRegistry, READING_ONLY, type Registry } from './engines.ts';
import { heardOf } from './heard.ts';
import { type IngestUpkeep, openIngestUpkeep } from './ingest-upkeep.ts';
import { startAndStop } from './life.ts';
import type { MainOffers, PeopleData, PeopleOffers, SeriesOffers } from './offers.ts';
import { openTracing } from './tracing.ts';
import { connect } from './wire.ts';

/** Stands behind the queue: finds what a lost wake-up left. */
const SWEEP_EVERY_MS = 15 * SECOND;
/** Often enough that the row of each appliance, which is written each minute, does not grow its table. */
const VACUUM_EVERY_MS = 15 * MINUTE;
const OUTBOX_KEPT_MS = 7 * DAY;
const DELIVERIES_KEPT_MS = 30 * DAY;

const data = workerData as PeopleData;
const stack = new AsyncDisposableStack();
const logger = openLogger({ folder: data.folder, thread: 'people', terminalToo: data.terminalToo });
const clock = openClock(data.clock);
const turns = {
  alerts: oneAtATime(),
  notifications: oneAtATime(),
  'field-service': oneAtATime(),
  rights: oneAtATime(),
  commands: oneAtATime(),
  replays: oneAtATime(),
  rules: oneAtATime(),
};
const { STAGES } = data.settings;
const stages = (['alerts', 'field-service', 'api'] satisfies SweepingStage[]).filter((stage) => STAGES.includes(stage));
type PeoplesSweep = Exclude<Sweep, 'backtests'>;
const isPeoples = (name: Sweep): name is PeoplesSweep => (stages as readonly SweepingStage[]).includes(STAGE_OF[name]);
const SWEEPS = Sweep.options.filter(isPeoples);
let sweep: (name: PeoplesSweep) => Promise<number>;
let webhooks: Webhooks | undefined;
let rights: Rights | undefined;
let upkeep: IngestUpkeep | undefined;
let apiFigures = async (): Promise<string> => '';
let queueAway = (): boolean => false;
const sweepsRun = new Map<Sweep, number>();

const main = connect<MainOffers, PeopleOffers>(data.main, {
  ...startAndStop(stack, async () => {
    const registry = await openRegistry(data, stack);
    const alerts = await alertsDeps(registry);
    const fieldService: FieldServiceDeps = { sql: alerts.sql, jobs: alerts.jobs, logger };
    // Two sweeps of one kind at once in one process would only wait for each other's rows.
    sweep = (name) => {
      sweepsRun.set(name, (sweepsRun.get(name) ?? 0) + 1);
      return name === 'webhooks' ? webhooks!.sweep() : turns[name](() => SWEEP_OF[name](alerts, fieldService));
    };
    const door = stages.includes('api') ? await openDoor(registry, alerts, fieldService) : null;
    // What shipped with this start is judged from its first record on.
    if (stages.includes('api')) await sweep('rules');
    stack.use(await startJobsWorker({ connection: registry.jobsConnection, stages, run: sweepOrBegin, logger }));
    sweepRegularly(registry);
    return { url: door?.url ?? null, setUpToken: door?.setUpToken ?? null };
  }),
  async sweepAll() {
    let done: number;
    do {
      done = 0;
      for (const name of SWEEPS) done += await sweep(name);
    } while (done > 0 || (await webhooks?.idle()));
  },
  state: () => ({ queueAway: queueAway(), sweeps: Object.fromEntries(sweepsRun) }),
  figures: () => apiFigures(),
});

async function openDoor(
  registry: Registry,
  alerts: AlertsDeps,
  fieldService: FieldServiceDeps,
): Promise<{ url: string; setUpToken: string | null }> {
  const { WEBHOOK_ALLOWED_HOSTS } = data.settings;
  const webhookSender = openWebhookSender({ allowedHosts: WEBHOOK_ALLOWED_HOSTS?.split(',') ?? [] });
  webhooks = stack.use(await startWebhooks({ sql: alerts.sql, jobs: alerts.jobs, clock, logger, webhookSender }));
  const store = data.series ? connect<SeriesOffers, object>(data.series, {}) : await openShared(registry);
  rights = openRights(registry, store);
  const { RAW_READINGS_DAYS: rawDays } = data.settings;
  const { sql, jobs } = alerts;
  upkeep = openIngestUpkeep({ sql, jobs, log, clock, logger, count: (query) => store.count(query), rawDays });
  stack.use(upkeep.watch());
  const api = stack.use(await openApi({ registry, alerts, fieldService, webhookSender, store }));
  apiFigures = api.figures;
  return { url: api.url, setUpToken: data.demo ? null : await issueSetUpToken(registry.sql, clock.now()) };
}

/** Readings that other processes write. */
async function openShared({ sql }: Registry): Promise<SeriesOffers> {
  const { RAW_READINGS_DAYS: rawDays, ROLLUP_DAYS: rollupDays } = data.settings;
  const ageing = { due: dueDays(sql), clock };
  const store = stack.use(await openInflux(data.settings, logger, { ...READING_ONLY, ageing }));
  return {
    series: (query) => seriesOf({ store, rules: { rawDays, rollupDays }, clock }, query),
    readings: (query) => store.readings(query),
    rollups: (query) => store.rollups(query),
    count: (query) => store.count(query),
  };
}

/** Webhooks wait for other people's servers; nobody here waits for them. */
async function sweepOrBegin(name: Sweep): Promise<void> {
  if (!isPeoples(name)) return;
  const running = sweep(name);
  if (name === 'webhooks') running.catch(sweepFailed);
  else await running;
}

const SWEEP_OF: Record<
  Exclude<PeoplesSweep, 'webhooks'>,
  (alerts: AlertsDeps, fieldService: FieldServiceDeps) => Promise<number>
> = {
  alerts: (alerts) => sweepAlerts(alerts, clock.now()),
  notifications: (alerts) => sweepNotifications(alerts, clock.now()),
  'field-service': (_, fieldService) => sweepFieldService(fieldService, clock.now()),
  rights: () => rights!.sweep(),
  commands: (alerts) => expireCommands(alerts.sql, clock.now()),
  replays: () => upkeep!.sweepReplays(),
  rules: async ({ sql }) =>
    (await deliverRules({ sql, log }, clock.now())) + (await deliverCohorts({ sql, log }, clock.now())),
};

let mailSink: MailSink | undefined;

async function alertsDeps(registry: Registry): Promise<AlertsDeps> {
  const { settings } = data;
  const jobs = await openJobsOf(registry, { clock, logger }, stack);
  queueAway = () => jobs.away;
  if (data.demo && !settings.SMTP_URL) mailSink = stack.use(await startMailSink({ host: '127.0.0.1', port: 0, clock }));
  const smtpUrl = settings.SMTP_URL ?? mailSink?.url;
  const mail = smtpUrl ? stack.use(openMailSender({ smtpUrl, from: settings.MAIL_FROM })) : null;
  const tracer = await openTracing(data, 'people', logger, stack);
  return { sql: registry.sql, jobs, mail, publicUrl: publicUrl(), logger, tracer };
}

function publicUrl(): string {
  const { PUBLIC_URL, HOST, HTTP_PORT } = data.settings;
  return (PUBLIC_URL ?? `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${HTTP_PORT}`).replace(/\/$/, '');
}

const exportFolder = path.join(data.folder, 'exports');
type History = Pick<ReadingsStore, 'series' | 'readings' | 'rollups'>;

/** An erasure leaves no readable byte: not in the journal of the embedded database, nor in the log. */
function openRights({ sql }: Registry, store: History): Rights {
  const scrub = async (): Promise<void> => {
    if (data.database) await scrubJournal(sql);
    await main.rollLog();
  };
  const { readings, rollups } = store;
  return startRights({ sql, clock, logger, readings, rollups, exportFolder, scrub });
}

const log: LogWriter = {
  append(record, done) {
    main.append(record).then(
      () => done(null),
      (error: Error) => done(error),
    );
  },
};

function openApi({
  registry,
  alerts,
  fieldService,
  webhookSender,
  store,
}: {
  registry: Registry;
  alerts: AlertsDeps;
  fieldService: FieldServiceDeps;
  webhookSender: WebhookSender;
  store: History;
}): ReturnType<typeof startApi> {
  return startApi({
    sql: registry.sql,
    log,
    series: (query) => store.series(query),
    explain: openExplainer({
      sql: registry.sql,
      history: (query) => momentsOf(store, query),
      heard: heardOf(registry.sql),
      neutralCode,
    }),
    jobs: alerts.jobs,
    clock,
    logger,
    pepper: data.pepper,
    publicUrl: alerts.publicUrl,
    mqttAddress: data.mqtt,
    host: data.settings.HOST,
    port: data.settings.HTTP_PORT,
    webRoot: data.webRoot,
    signUp: data.settings.SIGN_UP,
    ...(data.settings.TRUST_PROXY === undefined ? {} : { trustProxy: data.settings.TRUST_PROXY.split(',') }),
    ...(data.settings.METRICS_TOKEN === undefined ? {} : { metricsToken: data.settings.METRICS_TOKEN }),
    ...(data.settings.SECURITY_CONTACT === undefined ? {} : { securityContact: data.settings.SECURITY_CONTACT }),
    ready: () => main.ready(),
    processFigures: () => main.figures(),
    ...(mailSink ? { mailSink } : {}),
    ...(data.demo ? { demo: data.demo } : {}),
    alerts,
    fieldService,
    webhookSender,
    exportFolder,
  });
}

const sweepFailed = (error: unknown): void =>
  logger.warn({ error: messageOf(error) }, 'a periodic sweep failed; the next one goes on');

function sweepRegularly(registry: Registry): void {
  const sweepEach = async (): Promise<void> => {
    for (const name of SWEEPS) await sweepOrBegin(name);
  };
  stack.defer(clock.every(SWEEP_EVERY_MS, () => void sweepEach().catch(sweepFailed)));
  const forget = async (): Promise<void> => {
    await forgetDone(registry.sql, clock.now() - OUTBOX_KEPT_MS);
    await forgetAttempts(registry.sql, clock.now() - IDEMPOTENCY_KEPT_MS);
    await forgetDeliveries(registry.sql, clock.now() - DELIVERIES_KEPT_MS);
    await rights?.forget();
    await upkeep?.forget();
  };
  stack.defer(clock.every(HOUR, () => void forget().catch(sweepFailed)));
  if (data.database) stack.defer(clock.every(VACUUM_EVERY_MS, () => void vacuumEach(registry.sql).catch(sweepFailed)));
}
