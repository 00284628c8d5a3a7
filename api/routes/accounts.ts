// Accounts that people make for themselves, new passwords by mail, and invitations.
import type { FastifyReply } from 'fastify';
import {
  InvitationAnswer,
  MailComing,
  NewPasswordReset,
  NewSignUp,
  OneTimeToken,
  PasswordResetConfirmation,
  Person,
} from '#contracts';
import {
  acceptInvitation,
  askPasswordReset,
  confirmSignUp,
  openSession,
  personById,
  resetPassword,
  sessionOf,
  signUp,
} from '#registry';
import { giveSession, sessionToken } from '../cookies.ts';
import type { ApiDeps } from '../deps.ts';
import { LOG_INS_PER_MINUTE } from '../hardening.ts';
import { linkLimits, mailLimits, slowDown } from '../log-in-throttle.ts';
import { mustSendMails } from '../mails.ts';
import { notFound, problem } from '../problems.ts';
import { EMPTY, type Routes } from '../route.ts';
import { PUBLIC } from '../wall.ts';

const config = { ...PUBLIC, rateLimit: { max: LOG_INS_PER_MINUTE } };
const COMING = { mail: 'on its way if this address can be used' } as const;
const TOO_MANY_MAILS = { code: 'too-many-attempts', title: 'Too many mails were asked for.' };

const linkUsed = () => problem('link-used', 'This link was used, or it is too old.');

export const accountRoutes: Routes = (app, deps) => {
  app.post(
    '/sign-ups',
    {
      config,
      schema: {
        operationId: 'signUp',
        summary: 'Ask for an account; a mail with a link comes, alike whether the address is taken or not',
        tags: ['Account'],
        body: NewSignUp,
        response: { 202: MailComing },
      },
    },
    async (request, reply) => {
      if (deps.signUp === 'closed') throw problem('sign-up-closed', 'Nobody can sign up here.');
      mustSendMails(deps);
      await slowDown(deps, reply, mailLimits(request, request.body.email), TOO_MANY_MAILS);
      await signUp(deps.sql, { ...request.body, now: deps.clock.now() });
      return mailComing(deps, reply);
    },
  );

  app.post(
    '/sign-ups/confirmation',
    {
      config,
      schema: {
        operationId: 'confirmSignUp',
        summary: 'Open the account with the link’s token; the answer sets the session cookie',
        tags: ['Account'],
        body: OneTimeToken,
        response: { 201: Person },
      },
    },
    async (request, reply) => {
      await slowDown(deps, reply, linkLimits(request));
      const person = await confirmSignUp(deps.sql, request.body.token, deps.clock.now());
      if (person === null) throw linkUsed();
      giveSession(reply, await openSession(deps.sql, person, deps.clock.now()), deps.publicUrl);
      return reply.code(201).send(await known(deps, person));
    },
  );

  app.post(
    '/password-resets',
    {
      config,
      schema: {
        operationId: 'askPasswordReset',
        summary: 'Forgot the password: a mail with a link comes, if there is such an account',
        tags: ['Account'],
        body: NewPasswordReset,
        response: { 202: MailComing },
      },
    },
    async (request, reply) => {
      mustSendMails(deps);
      await slowDown(deps, reply, mailLimits(request, request.body.email), TOO_MANY_MAILS);
      await askPasswordReset(deps.sql, { ...request.body, now: deps.clock.now() });
      return mailComing(deps, reply);
    },
  );

  app.post(
    '/password-resets/confirmation',
    {
      config,
      schema: {
        operationId: 'resetPassword',
        summary: 'Choose a new password with the link’s token; every session ends',
        tags: ['Account'],
        body: PasswordResetConfirmation,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      await slowDown(deps, reply, linkLimits(request));
      const done = await resetPassword(deps.sql, { ...request.body, now: deps.clock.now() });
      if (!done) throw linkUsed();
      await deps.jobs.wake('notifications');
      return reply.code(204).send();
    },
  );

  app.post(
    '/invitations/acceptance',
    {
      config,
      schema: {
        operationId: 'acceptInvitation',
        summary: 'Accept an invitation with the link’s token; a new account also gives a name and a password',
        tags: ['Account'],
        body: InvitationAnswer,
        response: { 201: Person },
      },
    },
    async (request, reply) => {
      await slowDown(deps, reply, linkLimits(request));
      const now = deps.clock.now();
      const token = sessionToken(request);
      const viewer = token === null ? null : await sessionOf(deps.sql, token, now);
      const accepted = await acceptInvitation(deps.sql, { ...request.body, viewer: viewer?.person ?? null, now });
      if (!accepted) throw linkUsed();
      if (accepted.fresh) giveSession(reply, await openSession(deps.sql, accepted.person, now), deps.publicUrl);
      return reply.code(201).send(await known(deps, accepted.person));
    },
  );
};

async function mailComing(deps: ApiDeps, reply: FastifyReply) {
  await deps.jobs.wake('notifications');
  return reply.code(202).send(COMING);
}

async function known(deps: ApiDeps, id: string): Promise<Person> {
  const person = await personById(deps.sql, id);
  if (!person) throw notFound();
  return person;
}
