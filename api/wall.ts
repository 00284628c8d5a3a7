// The wall in front of every route: denied unless the route says which action of the policy it is, and the policy allows it.
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import type { Id } from '#contracts';
import { type Action, may, NOBODYS, type PolicyObject, sessionOf, type Viewer, viewerOfKey } from '#registry';
import { sessionToken } from './cookies.ts';
import type { ApiDeps } from './deps.ts';
import { notFound, problem } from './problems.ts';

/** How the wall learns whose an object is. `read` is the action that makes it visible at all. */
export type ObjectKind = { read: Action; load(id: Id, viewer: Viewer): Promise<PolicyObject | null> };

type Guard = (request: FastifyRequest, viewer: Viewer) => Promise<void>;
type Wall = { public: true } | { public: false; action: Action; guard: Guard };

declare module 'fastify' {
  interface FastifyContextConfig {
    wall?: Wall;
  }
  interface FastifyRequest {
    viewer: Viewer | null;
  }
}

/** For the few routes that anybody may call. */
export const PUBLIC: FastifyContextConfig = { wall: { public: true } };

/** An action on no single object: a list, or something that belongs to nobody. */
export function allow(action: Action): FastifyContextConfig {
  const guard: Guard = async (_request, viewer) => {
    if (!may(viewer, action, NOBODYS)) throw notAllowed();
  };
  return { wall: { public: false, action, guard } };
}

/** An action on the object whose id stands in the path. What does not exist and what is not yours look alike. */
export function allowOn(action: Action, kind: ObjectKind): FastifyContextConfig {
  const guard: Guard = async (request, viewer) => {
    const object = await kind.load((request.params as { id: Id }).id, viewer);
    if (!object || !may(viewer, kind.read, object)) throw notFound();
    if (!may(viewer, action, object)) throw notAllowed();
  };
  return { wall: { public: false, action, guard } };
}

/** An action on something that the body names, e.g. the household a new appliance goes to. */
export function allowFor<Body>(
  action: Action,
  object: (body: Body, viewer: Viewer) => PolicyObject | Promise<PolicyObject>,
): FastifyContextConfig {
  const guard: Guard = async (request, viewer) => {
    if (!may(viewer, action, await object(request.body as Body, viewer))) throw notAllowed();
  };
  return { wall: { public: false, action, guard } };
}

const notAllowed = () => problem('not-allowed', 'Your role does not allow this.');

/** The person behind the request; behind the wall there always is one. */
export function viewerOf(request: FastifyRequest): Viewer {
  if (!request.viewer) throw problem('not-logged-in', 'You are not logged in.');
  return request.viewer;
}

const ENROLMENT: readonly Action[] = ['use-own-account', 'read-own-account'];

/** A session that is narrowed belongs to somebody who has yet to enrol a second factor. */
const mustEnrol = (viewer: Viewer): boolean => viewer.key === null && viewer.scopes !== null;

/** Who sent this, by now. A key in the header counts before a session in the cookie: a program says so on purpose. */
export async function askerOf(
  request: FastifyRequest,
  { sql, clock }: Pick<ApiDeps, 'sql' | 'clock'>,
): Promise<Viewer | null> {
  const key = bearerToken(request);
  if (key !== null) return viewerOfKey(sql, key, clock.now());
  const session = sessionToken(request);
  return session === null ? null : sessionOf(sql, session, clock.now());
}

const bearerToken = ({ headers }: FastifyRequest): string | null =>
  /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;

export function buildWall(app: FastifyInstance, deps: Pick<ApiDeps, 'sql' | 'clock'>): void {
  app.decorateRequest('viewer', null);
  // Who you are is settled before the body is read; whether you may needs its parsed parameters.
  app.addHook('onRequest', async (request) => {
    if (request.is404 || request.routeOptions.config.wall?.public) return;
    request.viewer = await askerOf(request, deps);
    viewerOf(request);
  });
  app.addHook('preHandler', async (request) => {
    if (request.is404) return;
    const wall = request.routeOptions.config.wall;
    if (wall?.public) return;
    if (!wall) throw notAllowed();
    const viewer = viewerOf(request);
    if (mustEnrol(viewer) && !ENROLMENT.includes(wall.action)) {
      throw problem('second-factor-required', 'Your organisation asks for a second factor, and you have none yet.');
    }
    await wall.guard(request, viewer);
  });
}
