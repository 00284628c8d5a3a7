// The second factor of whoever is logged in: codes of an authenticator app.
import QRCode from 'qrcode';
import { RecoveryCodes, SecondFactorCode, SecondFactorSecret, SecondFactorState } from '#contracts';
import {
  actorOf,
  confirmSecondFactor,
  enrolSecondFactor,
  personById,
  removeSecondFactor,
  renewRecoveryCodes,
  secondFactorOf,
} from '#registry';
import { mustBeFresh } from '../fresh.ts';
import { proofLimits, slowDown, succeeded } from '../log-in-throttle.ts';
import { notFound, problem } from '../problems.ts';
import { EMPTY, type Routes } from '../route.ts';
import { allow, viewerOf } from '../wall.ts';

const tags = ['Account'];

export const secondFactorRoutes: Routes = (app, deps) => {
  app.get(
    '/me/second-factor',
    {
      config: allow('use-own-account'),
      schema: {
        operationId: 'getSecondFactor',
        summary: 'Whether I have a second factor, and whether my organisation asks for one',
        tags,
        response: { 200: SecondFactorState },
      },
    },
    (request) => secondFactorOf(deps.sql, viewerOf(request).person),
  );

  app.post(
    '/me/second-factor',
    {
      config: { ...allow('use-own-account'), secretAnswer: true },
      schema: {
        operationId: 'enrolSecondFactor',
        summary: 'A secret for my authenticator app, shown this once; it counts when it is confirmed',
        tags,
        response: { 201: SecondFactorSecret },
      },
    },
    async (request, reply) => {
      await mustBeFresh(request, deps);
      const person = await personById(deps.sql, viewerOf(request).person);
      if (!person) throw notFound();
      const made = await enrolSecondFactor(deps.sql, {
        person: person.id,
        label: person.email,
        now: deps.clock.now(),
      });
      const svg = await QRCode.toString(made.url, { type: 'svg', errorCorrectionLevel: 'M' });
      const picture = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
      return reply.code(201).send({ ...made, picture });
    },
  );

  app.post(
    '/me/second-factor/confirmation',
    {
      config: { ...allow('use-own-account'), secretAnswer: true },
      schema: {
        operationId: 'confirmSecondFactor',
        summary: 'Switch it on with a first code; the answer shows the recovery codes this once',
        tags,
        body: SecondFactorCode,
        response: { 201: RecoveryCodes },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const limits = proofLimits(viewer.person);
      await slowDown(deps, reply, limits);
      const recoveryCodes = await confirmSecondFactor(deps.sql, {
        person: viewer.person,
        code: request.body.code,
        now: deps.clock.now(),
        by: actorOf(viewer),
      });
      if (!recoveryCodes) {
        throw problem('wrong-code', 'This code is not right, or nothing waits to be confirmed.', {
          hint: 'Enrol first; then give the code that the app shows now.',
        });
      }
      await succeeded(deps, limits);
      return reply.code(201).send({ recoveryCodes });
    },
  );

  app.post(
    '/me/second-factor/recovery-codes',
    {
      config: { ...allow('use-own-account'), secretAnswer: true },
      schema: {
        operationId: 'renewRecoveryCodes',
        summary: 'New recovery codes, shown this once; the old ones stop working',
        tags,
        response: { 201: RecoveryCodes },
      },
    },
    async (request, reply) => {
      await mustBeFresh(request, deps);
      const viewer = viewerOf(request);
      const recoveryCodes = await renewRecoveryCodes(deps.sql, {
        person: viewer.person,
        now: deps.clock.now(),
        by: actorOf(viewer),
      });
      return reply.code(201).send({ recoveryCodes });
    },
  );

  app.delete(
    '/me/second-factor',
    {
      config: allow('use-own-account'),
      schema: {
        operationId: 'removeSecondFactor',
        summary: 'Log in without a second factor again, where my organisation does not ask for one',
        tags,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      await mustBeFresh(request, deps);
      const viewer = viewerOf(request);
      if ((await secondFactorOf(deps.sql, viewer.person)).demanded) {
        throw problem('second-factor-required', 'Your organisation asks for a second factor.', {
          hint: 'For another telephone ask an administrator to remove it, then enrol again.',
        });
      }
      await removeSecondFactor(deps.sql, { person: viewer.person, now: deps.clock.now(), by: actorOf(viewer) });
      return reply.code(204).send();
    },
  );
};
