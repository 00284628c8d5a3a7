// Everything about me, or about an appliance, as files that a machine can read. Free of charge.
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { Export, ExportFilePath, type ExportFormat, NewExport, page } from '#contracts';
import { actorOf, keyOf, retentionOf, type Viewer } from '#registry';
import type { ApiDeps } from '../deps.ts';
import { askExport, type ExportRecord, exportById, exportsOf, exportView } from '../exports/records.ts';
import { exportable } from '../exports/run.ts';
import { fileKey, readSealed } from '../exports/sealed-files.ts';
import { mustBeFresh } from '../fresh.ts';
import { freshLookups, objectKinds } from '../objects.ts';
import { notFound } from '../problems.ts';
import { ById, type Routes, whole } from '../route.ts';
import { allow, allowOn, viewerOf } from '../wall.ts';

const MEDIA_TYPES: Record<ExportFormat, string> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};

export const exportRoutes: Routes = (app, deps) => {
  const { appliance } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));

  app.post(
    '/me/exports',
    {
      config: allow('use-own-account'),
      schema: {
        operationId: 'exportMe',
        summary: 'Ask for everything about me; ready a while later',
        tags: ['Rights'],
        body: NewExport,
        response: { 202: Export },
      },
    },
    async (request, reply) => {
      await mustBeFresh(request, deps);
      return reply.code(202).send(await ask(deps, viewerOf(request), null, request.body.format));
    },
  );

  app.post(
    '/appliances/:id/exports',
    {
      config: allowOn('export-appliance', appliance),
      schema: {
        operationId: 'exportAppliance',
        summary: 'Ask for everything about an appliance since it stands where it stands; ready a while later',
        tags: ['Rights'],
        params: ById,
        body: NewExport,
        response: { 202: Export },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await ask(deps, viewerOf(request), request.params.id, request.body.format)),
  );

  app.get(
    '/exports',
    {
      config: allow('read-own-account'),
      schema: {
        operationId: 'listExports',
        summary: 'What I asked for, newest first',
        tags: ['Rights'],
        response: { 200: page(Export) },
      },
    },
    async (request) => {
      const viewer = viewerOf(request);
      const records: ExportRecord[] = [];
      for (const record of await exportsOf(deps.sql, viewer.person)) {
        if (await stillHis(deps, viewer, record)) records.push(record);
      }
      const { exports: days } = await retentionOf(deps.sql);
      return whole(records.map((record) => exportView(record, days)));
    },
  );

  app.get(
    '/exports/:id',
    {
      config: allow('read-own-account'),
      schema: {
        operationId: 'getExport',
        summary: 'How far an export is, and its files',
        tags: ['Rights'],
        params: ById,
        response: { 200: Export },
      },
    },
    async (request) => {
      const record = await found(deps, viewerOf(request), request.params.id);
      return exportView(record, (await retentionOf(deps.sql)).exports);
    },
  );

  app.get(
    '/exports/:id/files/:name',
    {
      exposeHeadRoute: false,
      config: allow('read-own-account'),
      schema: {
        operationId: 'getExportFile',
        summary: 'One file of an export',
        tags: ['Rights'],
        params: ExportFilePath,
        response: { 200: { description: 'The file', content: { 'application/octet-stream': { schema: z.any() } } } },
      },
    },
    async (request, reply) => {
      const { id, name } = request.params;
      const viewer = viewerOf(request);
      const record = await found(deps, viewer, id);
      const key = await keyOf(deps.sql, viewer.person);
      if (key === null || !record.files.some((file) => file.name === name)) throw notFound();
      const bytes = readSealed(path.join(deps.exportFolder, id, name), fileKey(key, id, name));
      return reply
        .type(MEDIA_TYPES[record.format])
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(Readable.from(bytes, { objectMode: false }));
    },
  );
};

async function ask(
  deps: ApiDeps,
  viewer: Viewer,
  appliance: string | null,
  format: ExportFormat,
): Promise<z.infer<typeof Export>> {
  const { person, organisation } = viewer;
  const now = deps.clock.now();
  const record = await askExport(deps.sql, { person, appliance, format, by: actorOf(viewer), organisation, now });
  await deps.jobs.wake('rights');
  return exportView(record, (await retentionOf(deps.sql)).exports);
}

async function found(deps: ApiDeps, viewer: Viewer, id: string): Promise<ExportRecord> {
  const record = await exportById(deps.sql, id, viewer.person);
  if (!record || !(await stillHis(deps, viewer, record))) throw notFound();
  return record;
}

/** Who gave the appliance away, or whose grant has ended, has it no longer. A key's scopes are judged by its own action. */
async function stillHis(deps: ApiDeps, viewer: Viewer, { appliance }: ExportRecord): Promise<boolean> {
  return appliance === null || (await exportable(deps, viewer, appliance)) !== null;
}
