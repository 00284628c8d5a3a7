// Rules tried on history: asked for, followed, interrupted, resumed, read; and silent trials beside what is live.
import { Readable } from 'node:stream';
import { z } from 'zod';
import { Backtest, BacktestResult, Compared, ComparedFinding, type Id, NewBacktest, page, RuleTrial } from '#contracts';
import {
  backtestById,
  backtestLines,
  foundPairs,
  interruptBacktest,
  listBacktests,
  rememberedCauseNames,
  resumeBacktest,
} from '#diagnosis-rules';
import { actorOf, audit, type Viewer } from '#registry';
import type { Sql } from '#runtime';
import type { ApiDeps } from '../deps.ts';
import { theInstallation } from '../objects.ts';
import { ById, type Routes, TimePage } from '../route.ts';
import { askedBacktest, backtestResultView, backtestView, pairView, trialView } from '../views/backtest.ts';
import { allowFor, allowOn, type ObjectKind, viewerOf } from '../wall.ts';

const RuleName = z.string().regex(/^[a-z0-9-]{1,80}$/, 'not a name of a rule');
const Pages = TimePage.omit({ state: true });
const FORMATS = { ndjson: 'application/x-ndjson', csv: 'text/csv' } as const;
const BacktestFile = {
  description: 'A line for each finding',
  content: { [FORMATS.ndjson]: { schema: z.any() }, [FORMATS.csv]: { schema: z.any() } },
};
const tags = ['Rules'];

export const backtestRoutes: Routes = (app, deps) => {
  const { sql } = deps;
  const ofAll = () => theInstallation(sql);
  const namesIn = rememberedCauseNames();
  const backtest: ObjectKind = {
    read: 'read-backtests',
    load: async (id) => ((await backtestById(sql, id)) ? theInstallation(sql) : null),
  };

  app.post(
    '/rules/backtests',
    {
      config: allowFor('try-rules', ofAll),
      schema: {
        operationId: 'askBacktest',
        summary: 'Try a version of a rule on history, beside another one if you like; it waits for its turn',
        tags,
        body: NewBacktest,
        response: { 201: Backtest },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const now = deps.clock.now();
      const id = await sql.transaction(async (tx) => {
        const asked = { wish: request.body, organisation: viewer.organisation!, by: viewer.person, now };
        const made = await askedBacktest(tx, asked);
        await noted(tx, { id: made, action: 'backtest.asked', viewer, now });
        return made;
      });
      await deps.jobs.wake('backtests');
      return reply.code(201).send(await backtestView(sql, (await backtestById(sql, id))!));
    },
  );

  app.get(
    '/rules/backtests',
    {
      config: allowFor('read-backtests', ofAll),
      schema: {
        operationId: 'listBacktests',
        summary: 'Backtests, newest first',
        tags,
        querystring: Pages.extend({ rule: RuleName.optional() }),
        response: { 200: page(Backtest) },
      },
    },
    async ({ query }) => {
      const { items, next } = await listBacktests(sql, { ...query, rule: query.rule ?? null });
      return { items: await Promise.all(items.map((row) => backtestView(sql, row))), next };
    },
  );

  app.get(
    '/rules/backtests/:id',
    {
      config: allowOn('read-backtests', backtest),
      schema: {
        operationId: 'getBacktest',
        summary: 'How far it is, what was found so far, and what differs between the two versions',
        tags,
        params: ById,
        response: { 200: BacktestResult },
      },
    },
    (request) => backtestResultView(sql, request.params.id, namesIn),
  );

  app.get(
    '/rules/backtests/:id/findings',
    {
      config: allowOn('read-backtests', backtest),
      schema: {
        operationId: 'listBacktestFindings',
        summary: 'What the versions say of each appliance, newest first',
        tags,
        params: ById,
        querystring: Pages.extend({ which: Compared.default('all') }),
        response: { 200: page(ComparedFinding) },
      },
    },
    async ({ params, query }) => {
      const { items, next } = await foundPairs(sql, { backtest: params.id, ...query });
      return { items: items.map(pairView), next };
    },
  );

  app.get(
    '/rules/backtests/:id/file',
    {
      config: allowOn('read-backtests', backtest),
      schema: {
        operationId: 'getBacktestFile',
        summary: 'All findings as a file: a line of JSON for each, or a table (CSV)',
        tags,
        params: ById,
        querystring: z.object({ format: z.enum(['ndjson', 'csv']).default('ndjson') }),
        response: { 200: BacktestFile },
      },
    },
    async ({ params: { id }, query: { format } }, reply) => {
      reply.header('content-disposition', `attachment; filename="backtest-${id}.${format}"`);
      return reply.type(FORMATS[format]).send(Readable.from(backtestLines(sql, id, format), { objectMode: false }));
    },
  );

  app.post(
    '/rules/backtests/:id/interruption',
    {
      config: allowOn('try-rules', backtest),
      schema: {
        operationId: 'interruptBacktest',
        summary: 'Stop it; what is done stays, and it can be resumed',
        tags,
        params: ById,
        response: { 200: Backtest },
      },
    },
    (request) =>
      move(deps, request.params.id, {
        by: viewerOf(request),
        action: 'backtest.interrupted',
        change: interruptBacktest,
      }),
  );

  app.post(
    '/rules/backtests/:id/resumption',
    {
      config: allowOn('try-rules', backtest),
      schema: {
        operationId: 'resumeBacktest',
        summary: 'Go on behind the last appliance that was done',
        tags,
        params: ById,
        response: { 200: Backtest },
      },
    },
    async (request) => {
      const { id } = request.params;
      const by = viewerOf(request);
      const resumed = await move(deps, id, { by, action: 'backtest.resumed', change: resumeBacktest });
      await deps.jobs.wake('backtests');
      return resumed;
    },
  );

  app.get(
    '/rules/:rule/trial',
    {
      config: allowFor('read-backtests', ofAll),
      schema: {
        operationId: 'getRuleTrial',
        summary: 'What the version on silent trial would have said, beside what live said in the same time',
        tags,
        params: z.object({ rule: RuleName }),
        response: { 200: RuleTrial },
      },
    },
    (request) => trialView(sql, request.params.rule, deps.clock.now()),
  );
};

type Move = { by: Viewer; action: string; change: (tx: Sql, id: Id) => Promise<void> };

async function move({ sql, clock }: ApiDeps, id: Id, { by, action, change }: Move): Promise<Backtest> {
  await sql.transaction(async (tx) => {
    await change(tx, id);
    await noted(tx, { id, action, viewer: by, now: clock.now() });
  });
  return backtestView(sql, (await backtestById(sql, id))!);
}

const noted = (
  tx: Sql,
  { id, action, viewer, now }: { id: Id; action: string; viewer: Viewer; now: number },
): Promise<void> =>
  audit(tx, {
    now,
    by: actorOf(viewer),
    action,
    object: { kind: 'backtest', id },
    organisation: viewer.organisation,
  });
