// The catalogue of models.
import { ModelView, page } from '#contracts';
import { loadModels } from '#registry';
import { type Routes, whole } from '../route.ts';
import { allow } from '../wall.ts';

export const modelRoutes: Routes = (app) => {
  app.get(
    '/models',
    {
      config: allow('list-models'),
      schema: {
        operationId: 'listModels',
        summary: 'Models of appliances that the platform knows',
        tags: ['Appliances'],
        response: { 200: page(ModelView) },
      },
    },
    async () =>
      whole(
        [...loadModels().values()].map(({ id, kind, brand, name, commands }) => ({ id, kind, brand, name, commands })),
      ),
  );
};
