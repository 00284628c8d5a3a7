// OpenAPI 3.1 from the same schemas that check the requests, and a page to read it.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { Problem } from '#contracts';
import { COOKIE } from './cookies.ts';
import { PROBLEM_TYPE } from './problems.ts';
import { PUBLIC } from './wall.ts';

const PROBLEM_ANSWER = {
  description: 'What is wrong, and what to do next',
  content: { [PROBLEM_TYPE]: { schema: Problem } },
};

/** Before the routes: notes each one, and adds the answer that all share. */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Stethos',
        version: '1',
        description:
          'Times are ISO 8601 in UTC. Lists come in pages: ask again with `cursor` = `next` until it is null.',
      },
      servers: [{ url: '/' }],
      components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: COOKIE } } },
      security: [{ session: [] }],
    },
    transform: createJsonSchemaTransform({ skipList: [] }),
    transformObject: (document) => onlyReferenced(jsonSchemaTransformObject(document) as Document) as never,
  });
  app.addHook('onRoute', (route) => {
    if (!route.schema || route.schema.hide) return;
    const response = { ...(route.schema.response as object | undefined), default: PROBLEM_ANSWER };
    const open = route.config?.wall?.public ? { security: [] } : {};
    Object.assign(route.schema, { response }, open);
  });
}

/** After the routes: the document and its page. */
export async function serveDescription(app: FastifyInstance): Promise<void> {
  await app.register(async (open) => {
    open.addHook('onRoute', (route) => {
      route.config = { ...route.config, ...PUBLIC };
    });
    open.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
    await open.register(swaggerUi, {
      routePrefix: '/api/docs',
      uiConfig: { validatorUrl: null },
      theme: {
        title: 'Stethos API',
        css: [{ filename: 'plain.css', content: '.swagger-ui .topbar { display: none }' }],
      },
    });
  });
}

type Document = { components?: { schemas?: Record<string, unknown> } };

/**
 * Each contract is offered as what goes in and as what comes out; keep what the routes use, by name,
 * so that the order of our imports says nothing to the clients made from this.
 */
function onlyReferenced(document: Document): Document {
  const schemas = document.components?.schemas ?? {};
  const { components, ...rest } = document;
  const used = new Set<string>();
  const collect = (part: unknown): void => {
    for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name!) || schemas[name!] === undefined) continue;
      used.add(name!);
      collect(schemas[name!]);
    }
  };
  collect(rest);
  const kept = Object.fromEntries([...used].sort().map((name) => [name, schemas[name]]));
  return { ...rest, components: { ...components, schemas: kept } };
}
