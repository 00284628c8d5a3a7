// The HTTP door, wired: what stands in front, the routes, the documents, the pages.
import { fastify } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { Registry } from 'prom-client';
import { SECOND } from '#runtime';
import { limitAccounts } from './account-limit.ts';
import { serveDemoMail } from './demo-mail-page.ts';
import type { ApiDeps } from './deps.ts';
import { tagEntities } from './entity-tags.ts';
import { harden } from './hardening.ts';
import { doOnce } from './idempotency.ts';
import { Live } from './live.ts';
import { measure } from './metrics.ts';
import { describeRoutes, serveDescription } from './openapi.ts';
import { answerErrors, said, sendProblem } from './problems.ts';
import { refuseUnreadableText } from './readable-text.ts';
import type { Api, Routes } from './route.ts';
import { accountRoutes } from './routes/accounts.ts';
import { alertRoutes } from './routes/alerts.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { applianceRoutes } from './routes/appliances.ts';
import { auditRoutes } from './routes/audit.ts';
import { backtestRoutes } from './routes/backtests.ts';
import { caseRoutes } from './routes/cases.ts';
import { claimRoutes } from './routes/claims.ts';
import { commandRoutes } from './routes/commands.ts';
import { consentRoutes } from './routes/consents.ts';
import { credentialRoutes } from './routes/credentials.ts';
import { demoRoutes } from './routes/demo.ts';
import { erasureRoutes } from './routes/erasure.ts';
import { eventRoutes } from './routes/events.ts';
import { explanationRoutes } from './routes/explanations.ts';
import { exportRoutes } from './routes/exports.ts';
import { fleetRoutes } from './routes/fleet.ts';
import { gatewayRoutes } from './routes/gateways.ts';
import { grantRoutes } from './routes/grants.ts';
import { healthRoutes } from './routes/health.ts';
import { householdRoutes } from './routes/households.ts';
import { labelRoutes } from './routes/labels.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { meRoutes } from './routes/me.ts';
import { memberRoutes } from './routes/members.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { modelRoutes } from './routes/models.ts';
import { orderRoutes } from './routes/orders.ts';
import { organisationRoutes } from './routes/organisations.ts';
import { passportRoutes } from './routes/passport.ts';
import { peopleRoutes } from './routes/people.ts';
import { provisioningRoutes } from './routes/provisioning.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { regionRoutes } from './routes/regions.ts';
import { remoteSessionRoutes } from './routes/remote-sessions.ts';
import { reportRoutes } from './routes/reports.ts';
import { retentionRoutes } from './routes/retention.ts';
import { ruleRoutes } from './routes/rules.ts';
import { secondFactorRoutes } from './routes/second-factor.ts';
import { securityTxtRoute } from './routes/security-txt.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { setupRoutes } from './routes/setup.ts';
import { technicianRoutes } from './routes/technicians.ts';
import { unitRoutes } from './routes/units.ts';
import { visitRoutes } from './routes/visits.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { buildWall } from './wall.ts';
import { serveWeb } from './web-pages.ts';

const BODY_BYTES = 256 * 1024;

const ROUTES: readonly Routes[] = [
  sessionRoutes,
  meRoutes,
  setupRoutes,
  demoRoutes,
  accountRoutes,
  secondFactorRoutes,
  apiKeyRoutes,
  peopleRoutes,
  organisationRoutes,
  regionRoutes,
  householdRoutes,
  memberRoutes,
  technicianRoutes,
  modelRoutes,
  applianceRoutes,
  unitRoutes,
  labelRoutes,
  claimRoutes,
  passportRoutes,
  grantRoutes,
  remoteSessionRoutes,
  commandRoutes,
  reportRoutes,
  orderRoutes,
  credentialRoutes,
  gatewayRoutes,
  provisioningRoutes,
  alertRoutes,
  caseRoutes,
  visitRoutes,
  fleetRoutes,
  webhookRoutes,
  auditRoutes,
  exportRoutes,
  erasureRoutes,
  consentRoutes,
  retentionRoutes,
  quarantineRoutes,
  ruleRoutes,
  explanationRoutes,
  backtestRoutes,
  ledgerRoutes,
];

/** Ready to take requests; closing it ends every live stream at once. */
export async function buildApp(deps: ApiDeps, figures = new Registry()): Promise<Api> {
  const app: Api = fastify({
    bodyLimit: BODY_BYTES,
    requestTimeout: 30 * SECOND,
    trustProxy: deps.trustProxy ? [...deps.trustProxy] : false,
    frameworkErrors: (error, _request, reply) => sendProblem(reply, said(error)),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app, deps.logger);
  await harden(app, deps);
  buildWall(app, deps);
  limitAccounts(app, deps);
  refuseUnreadableText(app);
  doOnce(app, deps);
  tagEntities(app, deps);
  await describeRoutes(app);

  const live = new Live(deps);
  await live.start();
  app.addHook('preClose', () => live.stop());
  healthRoutes(app, deps);
  securityTxtRoute(app, deps);
  metricsRoutes(app, deps, measure(app, deps, live, figures));
  await app.register(
    async (scope: Api) => {
      for (const routes of ROUTES) routes(scope, deps);
      eventRoutes(scope, deps, live);
    },
    { prefix: '/api/v1' },
  );
  if (deps.mailSink) serveDemoMail(app, deps.mailSink);
  await serveDescription(app);
  await serveWeb(app, deps.webRoot);
  await app.ready();
  return app;
}
