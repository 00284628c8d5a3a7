// Rules of diagnosis as versions: read, written, checked, compared, tried, published and rolled back; and how they did.
import { z } from 'zod';
import {
  MoveRuleVersion,
  NewRuleVersion,
  page,
  RuleCheck,
  RuleDiff,
  type RuleMove,
  RuleReportCard,
  RuleSummary,
  RuleText,
  RuleVersionEdit,
  RuleVersionText,
  RuleWithVersions,
} from '#contracts';
import { checkRule, editDraft, moveVersion, refuseMistakes, writeDraft } from '#diagnosis-rules';
import { actorOf, audit, type Viewer } from '#registry';
import type { Sql } from '#runtime';
import type { ApiDeps } from '../deps.ts';
import { theInstallation } from '../objects.ts';
import { type Routes, whole } from '../route.ts';
import { mustHave, reportCardsOf, ruleDiff, ruleSummaries, ruleVersionView, ruleView } from '../views/rule.ts';
import { allowFor, viewerOf } from '../wall.ts';

const RuleName = z.string().regex(/^[a-z0-9-]{1,80}$/, 'not a name of a rule');
const Version = z.coerce.number().int().min(1).max(1_000_000_000);
const ByRule = z.object({ rule: RuleName });
const ByVersion = z.object({ rule: RuleName, version: Version });
const YAML = 'application/yaml';
const RuleFile = { description: 'The document (YAML)', content: { [YAML]: { schema: z.string() } } };
const tags = ['Rules'];

export const ruleRoutes: Routes = (app, deps) => {
  const { sql } = deps;
  const ofAll = () => theInstallation(sql);
  const reading = allowFor('read-rules', ofAll);
  const editing = allowFor('edit-rules', ofAll);

  app.get(
    '/rules',
    {
      config: reading,
      schema: {
        operationId: 'listRules',
        summary: 'The rules, with the version that is live and the one on silent trial',
        tags,
        response: { 200: page(RuleSummary) },
      },
    },
    async () => whole(await ruleSummaries(sql)),
  );

  app.get(
    '/rules/:rule',
    {
      config: reading,
      schema: {
        operationId: 'getRule',
        summary: 'All versions of a rule, and what happened to them',
        tags,
        params: ByRule,
        response: { 200: RuleWithVersions },
      },
    },
    (request) => ruleView(sql, request.params.rule),
  );

  app.get(
    '/rules/:rule/report-cards',
    {
      config: reading,
      schema: {
        operationId: 'getRuleReportCards',
        summary: 'How each version of a rule did: its findings, answers of people, results of visits',
        tags,
        params: ByRule,
        response: { 200: page(RuleReportCard) },
      },
    },
    async (request) => whole(await reportCardsOf(sql, request.params.rule)),
  );

  app.get(
    '/rules/:rule/diff',
    {
      config: reading,
      schema: {
        operationId: 'diffRuleVersions',
        summary: 'What differs between two versions of a rule, by place and by line',
        tags,
        params: ByRule,
        querystring: z.object({ from: Version, to: Version }),
        response: { 200: RuleDiff },
      },
    },
    ({ params, query }) => ruleDiff(sql, params.rule, query.from, query.to),
  );

  app.get(
    '/rules/:rule/versions/:version',
    {
      config: reading,
      schema: {
        operationId: 'getRuleVersion',
        summary: 'A version of a rule with its text, and what is doubtful in it',
        tags,
        params: ByVersion,
        response: { 200: RuleVersionText },
      },
    },
    ({ params }) => ruleVersionView(sql, params.rule, params.version),
  );

  app.get(
    '/rules/:rule/versions/:version/file',
    {
      config: reading,
      schema: {
        operationId: 'getRuleFile',
        summary: 'A version of a rule as a file (YAML)',
        tags,
        params: ByVersion,
        response: { 200: RuleFile },
      },
    },
    async ({ params }, reply) => {
      const { text, rule, version } = await mustHave(sql, params.rule, params.version);
      reply.header('content-disposition', `attachment; filename="${rule}.${version}.yaml"`);
      return reply.type(YAML).send(text);
    },
  );

  app.post(
    '/rules/check',
    {
      config: editing,
      schema: {
        operationId: 'checkRule',
        summary: 'Is this a rule? Every mistake with its line and what would be right, else what is doubtful',
        tags,
        body: RuleText,
        response: { 200: RuleCheck },
      },
    },
    async (request) => {
      const { rule, problems } = checkRule(request.body.text);
      refuseMistakes(problems);
      return { rule: rule!.id, version: rule!.version, doubts: problems };
    },
  );

  app.post(
    '/rules',
    {
      config: editing,
      schema: {
        operationId: 'writeRuleVersion',
        summary: 'A new version of a rule, as a draft; or a new rule',
        tags,
        body: NewRuleVersion,
        response: { 201: RuleVersionText },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const { text, note, imported } = request.body;
      const { rule, version } = await sql.transaction(async (tx) => {
        const now = deps.clock.now();
        const source = imported ? 'imported' : 'written';
        const made = await writeDraft(tx, { text, note, source, author: viewer.person, now });
        await auditRule(tx, { ...made, action: `rule.${source}`, viewer, now });
        return made;
      });
      return reply.code(201).send(await ruleVersionView(sql, rule, version));
    },
  );

  app.put(
    '/rules/:rule/versions/:version',
    {
      config: editing,
      schema: {
        operationId: 'editRuleDraft',
        summary: 'Rewrite a draft; a version that was tried or published keeps its text',
        tags,
        params: ByVersion,
        body: RuleVersionEdit,
        response: { 200: RuleVersionText },
      },
    },
    async (request) => {
      const viewer = viewerOf(request);
      const { rule, version } = request.params;
      const now = deps.clock.now();
      await sql.transaction(async (tx) => {
        await editDraft(tx, { ...request.body, rule, version, author: viewer.person, now });
        await auditRule(tx, { rule, version, action: 'rule.rewritten', viewer, now });
      });
      return ruleVersionView(sql, rule, version);
    },
  );

  app.post(
    '/rules/:rule/versions/:version/moves',
    {
      config: allowFor('publish-rules', ofAll),
      schema: {
        operationId: 'moveRuleVersion',
        summary: 'Try a version silently, publish it, retire it, or roll back to it',
        tags,
        params: ByVersion,
        body: MoveRuleVersion,
        response: { 200: RuleVersionText },
      },
    },
    async (request) => {
      const { params, body } = request;
      await move(deps, { ...params, ...body }, viewerOf(request));
      return ruleVersionView(sql, params.rule, params.version);
    },
  );
};

const DONE: Record<RuleMove, string> = {
  try: 'rule.tried',
  publish: 'rule.published',
  retire: 'rule.retired',
  'roll-back': 'rule.rolled-back',
};

type Wish = { rule: string; version: number; move: RuleMove; note: string };

async function move({ sql, jobs, clock }: ApiDeps, wish: Wish, viewer: Viewer): Promise<void> {
  const now = clock.now();
  await sql.transaction(async (tx) => {
    await moveVersion(tx, { ...wish, by: viewer.person, now });
    await auditRule(tx, { ...wish, action: DONE[wish.move], viewer, now });
  });
  await jobs.wake('rules');
}

type Done = { rule: string; version: number; action: string; viewer: Viewer; now: number };

const auditRule = (tx: Sql, { rule, version, action, viewer, now }: Done): Promise<void> =>
  audit(tx, {
    now,
    by: actorOf(viewer),
    action,
    object: { kind: 'rule', id: `${rule}/${version}` },
    organisation: viewer.organisation,
    detail: { rule, version },
  });
