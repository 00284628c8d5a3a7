// Who belongs to a household: invited by mail, put out, or leaving.
import { Id, MailComing, Member, MemberEdit, NewInvitation, page } from '#contracts';
import { actorOf, inviteToHousehold, membersWithStanding, personById, removeMember, setStanding } from '#registry';
import { mailLimits, slowDown } from '../log-in-throttle.ts';
import { mustSendMails } from '../mails.ts';
import { freshLookups, objectKinds } from '../objects.ts';
import { notFound } from '../problems.ts';
import { ById, EMPTY, type Routes, whole } from '../route.ts';
import { allowOn, viewerOf } from '../wall.ts';

const tags = ['People'];
const ByPerson = ById.extend({ person: Id });

export const memberRoutes: Routes = (app, deps) => {
  const { household } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));
  const edit = allowOn('edit-members', household);

  app.get(
    '/households/:id/members',
    {
      config: allowOn('read-household', household),
      schema: {
        operationId: 'listMembers',
        summary: 'Who belongs to a household',
        tags,
        params: ById,
        response: { 200: page(Member) },
      },
    },
    async (request) => whole(await membersWithStanding(deps.sql, request.params.id)),
  );

  app.post(
    '/households/:id/invitations',
    {
      config: edit,
      schema: {
        operationId: 'inviteMember',
        summary: 'Invite somebody by mail; the link works for a week',
        tags,
        params: ById,
        body: NewInvitation,
        response: { 202: MailComing },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      mustSendMails(deps);
      await slowDown(deps, reply, mailLimits(request, request.body.email));
      await inviteToHousehold(deps.sql, {
        household: request.params.id,
        ...request.body,
        language: (await personById(deps.sql, viewer.person))?.language ?? 'en',
        now: deps.clock.now(),
        by: actorOf(viewer),
      });
      await deps.jobs.wake('notifications');
      return reply.code(202).send({ mail: 'on its way if this address can be used' });
    },
  );

  app.patch(
    '/households/:id/members/:person',
    {
      config: edit,
      schema: {
        operationId: 'editMember',
        summary: 'Make somebody an owner, or a member only',
        tags,
        params: ByPerson,
        body: MemberEdit,
        response: { 200: Member },
      },
    },
    async (request) => {
      const { id, person } = request.params;
      const by = { now: deps.clock.now(), by: actorOf(viewerOf(request)) };
      const edited = await setStanding(deps.sql, { household: id, person, ...request.body, ...by });
      if (!edited) throw notFound();
      return edited;
    },
  );

  app.delete(
    '/households/:id/members/:person',
    {
      config: edit,
      schema: {
        operationId: 'removeMember',
        summary: 'Put somebody out of a household; he sees nothing of it any more',
        tags,
        params: ByPerson,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const { id, person } = request.params;
      const by = { now: deps.clock.now(), by: actorOf(viewerOf(request)) };
      if (!(await removeMember(deps.sql, { household: id, person, ...by }))) throw notFound();
      return reply.code(204).send();
    },
  );

  app.delete(
    '/households/:id/membership',
    {
      config: allowOn('read-household', household),
      schema: {
        operationId: 'leaveHousehold',
        summary: 'Leave a household; the last owner cannot',
        tags,
        params: ById,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const by = { now: deps.clock.now(), by: actorOf(viewer) };
      const left = await removeMember(deps.sql, { household: request.params.id, person: viewer.person, ...by });
      if (!left) throw notFound();
      return reply.code(204).send();
    },
  );
};
