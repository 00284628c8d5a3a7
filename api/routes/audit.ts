// The audit log: who did what to which object. An organisation sees its own entries, the home organisation all.
import { z } from 'zod';
import { AuditEntryView, AuditVerification, iso, page } from '#contracts';
import { type AuditScope, listAudit, organisationById, type Viewer, verifyAudit } from '#registry';
import type { ApiDeps } from '../deps.ts';
import type { Routes } from '../route.ts';
import { organisationOf } from '../scopes.ts';
import { allow, viewerOf } from '../wall.ts';

const AuditPage = z.object({
  kind: z.string().max(60).optional(),
  object: z.string().max(80).optional(),
  cursor: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const tags = ['Audit'];

export const auditRoutes: Routes = (app, deps) => {
  app.get(
    '/audit',
    {
      config: allow('read-audit'),
      schema: {
        operationId: 'listAudit',
        summary: 'Who did what, newest first',
        tags,
        querystring: AuditPage,
        response: { 200: page(AuditEntryView) },
      },
    },
    async (request) => {
      const { cursor, limit, kind, object } = request.query;
      const { items, next } = await listAudit(deps.sql, await scopeOf(deps, viewerOf(request)), {
        before: cursor ?? null,
        limit,
        ...(kind === undefined ? {} : { kind }),
        ...(object === undefined ? {} : { object }),
      });
      return { items: items.map((row) => ({ ...row, at: iso(row.at) })), next };
    },
  );

  app.get(
    '/audit/verification',
    {
      config: allow('read-audit'),
      schema: {
        operationId: 'verifyAudit',
        summary: 'Recomputes the chain of hashes over the whole log',
        tags,
        response: { 200: AuditVerification },
      },
    },
    () => verifyAudit(deps.sql),
  );
};

async function scopeOf({ sql }: ApiDeps, viewer: Viewer): Promise<AuditScope> {
  const organisation = organisationOf(viewer);
  return (await organisationById(sql, organisation))?.home ? { all: true } : { organisation };
}
