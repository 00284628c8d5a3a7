// Commands to an appliance: asked, confirmed by an owner where they are hazardous, cancelled while they wait, answered.
import { Command, type Id, mayBeSentWithin, NewCommand, page } from '#contracts';
import {
  actorOf,
  applianceById,
  askCommand,
  cancelCommand,
  commandById,
  confirmCommand,
  listCommands,
  runningSessions,
  type Viewer,
} from '#registry';
import type { ApiDeps } from '../deps.ts';
import { freshLookups, objectKinds } from '../objects.ts';
import { notFound, problem } from '../problems.ts';
import { ById, type Routes, TimePage } from '../route.ts';
import { visibleSince } from '../scopes.ts';
import { commandView, commandViews } from '../views/command.ts';
import { allowOn, type ObjectKind, viewerOf } from '../wall.ts';

const tags = ['Commands'];
const CommandPage = TimePage.omit({ state: true });

export const commandRoutes: Routes = (app, deps) => {
  const { sql, clock } = deps;
  const { appliance } = objectKinds(sql, freshLookups(sql, clock));
  const command = commandKind(deps, appliance);

  app.get(
    '/appliances/:id/commands',
    {
      config: allowOn('read-commands', appliance),
      schema: {
        operationId: 'listCommands',
        summary: 'What was asked of this appliance, and what came of it; newest first',
        tags,
        params: ById,
        querystring: CommandPage,
        response: { 200: page(Command) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const found = await applianceById(sql, id);
      if (!found) throw notFound();
      const since = visibleSince(viewerOf(request), found);
      const { items, next } = await listCommands(sql, { appliance: id, since, ...request.query, now: clock.now() });
      return { items: await commandViews(sql, items), next };
    },
  );

  app.post(
    '/appliances/:id/commands',
    {
      config: allowOn('send-command', appliance),
      schema: {
        operationId: 'sendCommand',
        summary: 'Ask something of this appliance; staff at a desk need a remote session that allows it',
        tags,
        params: ById,
        body: NewCommand,
        response: { 201: Command },
      },
    },
    async (request, reply) => {
      const [{ id }, viewer] = [request.params, viewerOf(request)];
      await mustBeWelcome(deps, viewer, id, request.body.kind);
      const by = { askedBy: viewer.person, by: actorOf(viewer), now: clock.now() };
      const asked = await askCommand(sql, { appliance: id, ...request.body, ...by });
      if (asked.state === 'unconfirmed') await deps.jobs.wake('notifications');
      return reply.code(201).send(await commandView(sql, asked));
    },
  );

  app.get(
    '/commands/:id',
    {
      config: allowOn('read-commands', command),
      schema: {
        operationId: 'getCommand',
        summary: 'One command',
        tags,
        params: ById,
        response: { 200: Command },
      },
    },
    async (request) => {
      const found = await commandById(sql, request.params.id, clock.now());
      if (!found) throw notFound();
      return commandView(sql, found);
    },
  );

  app.post(
    '/commands/:id/confirmation',
    {
      config: allowOn('confirm-command', command),
      schema: {
        operationId: 'confirmCommand',
        summary: 'Say yes, as an owner, to a command that is hazardous',
        tags,
        params: ById,
        response: { 200: Command },
      },
    },
    async (request) => {
      const act = { command: request.params.id, by: actorOf(viewerOf(request)), now: clock.now() };
      const confirmed = await confirmCommand(sql, act);
      if (!confirmed) throw notFound();
      return commandView(sql, confirmed);
    },
  );

  app.post(
    '/commands/:id/cancellation',
    {
      config: allowOn('send-command', command),
      schema: {
        operationId: 'cancelCommand',
        summary: 'Take a command back that was not sent yet, as who asked or as an owner',
        tags,
        params: ById,
        response: { 200: Command },
      },
    },
    async (request) => {
      const viewer = viewerOf(request);
      const found = await commandById(sql, request.params.id, clock.now());
      if (!found) throw notFound();
      if (found.askedBy !== viewer.person && viewer.role !== 'owner') {
        throw problem('not-allowed', 'Only who asked, or an owner, takes it back.');
      }
      const act = { command: found.id, by: actorOf(viewer), now: clock.now() };
      return commandView(sql, (await cancelCommand(sql, act)) ?? found);
    },
  );
};

/** An owner, and the technician at work there, need nobody's leave. */
async function mustBeWelcome({ sql, clock }: ApiDeps, viewer: Viewer, appliance: Id, kind: string): Promise<void> {
  if (viewer.role === 'owner' || viewer.role === 'technician') return;
  const running = await runningSessions(sql, { appliance, person: viewer.person, now: clock.now() });
  if (running.some((what) => mayBeSentWithin(what, kind))) return;
  throw problem('no-remote-session', 'The household has not agreed to this command at this moment.', {
    hint: 'Ask with POST /api/v1/appliances/{id}/remote-sessions, "what": "commands".',
  });
}

/** It belongs to the household that it was asked for, also after the appliance has gone elsewhere. */
const commandKind = ({ sql, clock }: ApiDeps, appliance: ObjectKind): ObjectKind => ({
  read: 'read-commands',
  async load(id, viewer) {
    const found = await commandById(sql, id, clock.now());
    const object = found && (await appliance.load(found.appliance, viewer));
    if (!object) return null;
    const elsewhere = object.household !== found.household;
    return { ...object, household: found.household, appliance: elsewhere ? null : object.appliance };
  },
});
