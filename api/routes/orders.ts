// Orders from the shop: what will stand where, before anybody has claimed it.
import { z } from 'zod';
import { Id, ImportQuery, Order, OrderState, page } from '#contracts';
import { importOrders, listOrders } from '#registry';
import { fileOf, IMPORT_ANSWERS, importAnswer, LARGEST_FILE_BYTES, takesFiles, wishOf } from '../import-bodies.ts';
import type { Api, Routes } from '../route.ts';
import { organisationOf } from '../scopes.ts';
import { allow, viewerOf } from '../wall.ts';

const OrderPage = z.object({
  state: OrderState.default('open'),
  number: z.string().max(60).optional(),
  model: z.string().max(60).optional(),
  appliance: Id.optional(),
  cursor: Id.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const orderRoutes: Routes = (app, deps) => {
  app.get(
    '/orders',
    {
      config: allow('list-orders'),
      schema: {
        operationId: 'listOrders',
        summary: 'Orders of my organisation, oldest first',
        tags: ['Units'],
        querystring: OrderPage,
        response: { 200: page(Order) },
      },
    },
    async (request) => {
      const { cursor = null, ...filter } = request.query;
      return listOrders(deps.sql, organisationOf(viewerOf(request)), { ...filter, cursor });
    },
  );

  app.register(async (scope: Api) => {
    takesFiles(scope);
    scope.post(
      '/orders/import',
      {
        config: allow('import-orders'),
        bodyLimit: LARGEST_FILE_BYTES,
        schema: {
          operationId: 'importOrders',
          summary: 'Take orders from a file (CSV or JSON): each makes or finds its unit, with how it will stand',
          tags: ['Units'],
          consumes: ['text/csv', 'application/json'],
          querystring: ImportQuery,
          body: z.unknown().describe('CSV with a header, or a JSON list of objects; at most 10,000 lines and 5 MiB'),
          response: IMPORT_ANSWERS,
        },
      },
      async (request, reply) => {
        const wish = wishOf(request.query);
        const importing = { ...fileOf(request), wish, viewer: viewerOf(request), now: deps.clock.now() };
        return importAnswer(reply, await importOrders(deps.sql, importing), wish);
      },
    );
  });
};
