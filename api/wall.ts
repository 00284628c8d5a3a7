// The wall in front of every route: denied unless the route says which action of the policy it is, and the policy allows it.
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import type { Id } from '#contracts';
import { type Action, may, NOBODYS, type PolicyObject, sessionOf, type Viewer } from '#registry';
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
  object: (body: Body, viewer: Viewer) => PolicyObject,
): FastifyContextConfig {
  const guard: Guard = async (request, viewer) => {
    if (!may(viewer, action, object(request.body as Body, viewer))) throw notAllowed();
  };
  return { wall: { public: false, action, guard } };
}

const notAllowed = () => problem('not-allowed', 'Your role does not allow this.');

/** The person behind the request; behind the wall there always is one. */
export function viewerOf(request: FastifyRequest): Viewer {
  if (!request.viewer) throw problem('not-logged-in', 'You are not logged in.');
  return request.viewer;
}

export function buildWall(app: FastifyInstance, deps: Pick<ApiDeps, 'sql' | 'clock'>): void {
  app.decorateRequest('viewer', null);
  // Who you are is settled before the body is read; whether you may needs its parsed parameters.
  app.addHook('onRequest', async (request) => {
    if (request.is404 || request.routeOptions.config.wall?.public) return;
    const token = sessionToken(request);
    request.viewer = token === null ? null : await sessionOf(deps.sql, token, deps.clock.now());
    viewerOf(request);
  });
  app.addHook('preHandler', async (request) => {
    if (request.is404) return;
    const wall = request.routeOptions.config.wall;
    if (wall?.public) return;
    if (!wall) throw notAllowed();
    await wall.guard(request, viewerOf(request));
  });
}
