// Labels to print: a QR code, and a claim code that is good once.
import { z } from 'zod';
import { type Id, PrintLabel, PrintLabels } from '#contracts';
import { actorOf, may, NOBODYS, printLabels, type Viewer } from '#registry';
import type { ApiDeps } from '../deps.ts';
import { freshLookups, objectKinds } from '../objects.ts';
import { notFound, problem } from '../problems.ts';
import { ById, type Routes } from '../route.ts';
import { allowFor, allowOn, type ObjectKind, viewerOf } from '../wall.ts';

const SVG = 'image/svg+xml';
const Sheet = { description: 'A sheet (A4) as SVG', content: { [SVG]: { schema: z.string() } } };

export const labelRoutes: Routes = (app, deps) => {
  const { appliance } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));

  app.post(
    '/appliances/:id/label',
    {
      config: { ...allowOn('print-labels', appliance), secretAnswer: true },
      schema: {
        operationId: 'printLabel',
        summary: 'A label to print; the claim code before it is worth nothing any more',
        tags: ['Units'],
        params: ById,
        body: PrintLabel,
        response: { 200: Sheet },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      return reply.type(SVG).send(await sheet(deps, viewerOf(request), [id], request.body.perRow));
    },
  );

  app.post(
    '/labels',
    {
      config: {
        ...allowFor('print-labels', (_body, viewer) => ({
          ...NOBODYS,
          organisations: viewer.organisation === null ? [] : [viewer.organisation],
        })),
        secretAnswer: true,
      },
      schema: {
        operationId: 'printLabels',
        summary: 'A sheet of labels to print; the claim codes before them are worth nothing any more',
        tags: ['Units'],
        body: PrintLabels,
        response: { 200: Sheet },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const { appliances, perRow } = request.body;
      for (const id of appliances) await mustPrint(appliance, viewer, id);
      return reply.type(SVG).send(await sheet(deps, viewer, appliances, perRow));
    },
  );
};

async function mustPrint(kind: ObjectKind, viewer: Viewer, id: Id): Promise<void> {
  const object = await kind.load(id, viewer);
  if (!object || !may(viewer, kind.read, object)) throw notFound();
  if (!may(viewer, 'print-labels', object)) throw problem('not-allowed', 'Your role does not allow this.');
}

const sheet = (deps: ApiDeps, viewer: Viewer, appliances: readonly Id[], perRow: number): Promise<string> =>
  printLabels(deps.sql, {
    appliances,
    perRow,
    publicUrl: deps.publicUrl,
    by: actorOf(viewer),
    now: deps.clock.now(),
  });
