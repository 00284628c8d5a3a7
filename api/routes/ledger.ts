// The counts that must balance, for whoever runs the installation.
import type { z } from 'zod';
import { iso, isoOrNull, Ledger } from '#contracts';
import { hasLedgerAlarm, lastLedgerChecks, listLedgerAlarms, listLedgerDays, settleLedgerAlarm } from '#ingest';
import { actorOf, audit } from '#registry';
import { DAY } from '#runtime';
import type { ApiDeps } from '../deps.ts';
import { theInstallation } from '../objects.ts';
import { notFound } from '../problems.ts';
import { ById, EMPTY, type Routes } from '../route.ts';
import { allowFor, allowOn, viewerOf } from '../wall.ts';

const DIFFERENCES_SHOWN = 200;
const DAYS_SHOWN = 30;
const tags = ['Operation'];

export const ledgerRoutes: Routes = (app, deps) => {
  const ofAll = () => theInstallation(deps.sql);

  app.get(
    '/ledger',
    {
      config: allowFor('read-ledger', ofAll),
      schema: {
        operationId: 'getLedger',
        summary: 'What was received and what became of it, by day; when it was checked, and what does not balance',
        tags,
        response: { 200: Ledger },
      },
    },
    () => view(deps),
  );

  app.post(
    '/ledger/differences/:id/settlement',
    {
      config: allowOn('settle-ledger', {
        read: 'read-ledger',
        load: async (id) => ((await hasLedgerAlarm(deps.sql, id)) ? ofAll() : null),
      }),
      schema: {
        operationId: 'settleLedgerDifference',
        summary: 'Say that the reason of a difference is known; it comes back only when it changes',
        tags,
        params: ById,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const { id } = request.params;
      const now = deps.clock.now();
      await deps.sql.transaction(async (tx) => {
        if (!(await settleLedgerAlarm(tx, id, now))) throw notFound();
        const object = { kind: 'ledger-difference', id };
        const { organisation } = viewer;
        await audit(tx, { now, by: actorOf(viewer), action: 'ledger.settled', object, organisation });
      });
      return reply.code(204).send();
    },
  );
};

async function view({ sql, clock }: ApiDeps): Promise<z.infer<typeof Ledger>> {
  const [checks, standing, days] = await Promise.all([
    lastLedgerChecks(sql),
    listLedgerAlarms(sql, { standing: true, limit: DIFFERENCES_SHOWN }),
    listLedgerDays(sql, { from: clock.now() - DAYS_SHOWN * DAY }),
  ]);
  return {
    checks: checks.map((check) => ({ ...check, at: iso(check.at) })),
    differences: standing.map(({ from, to, raisedAt, seenAt, overAt, ...rest }) => ({
      ...rest,
      from: iso(from),
      to: iso(to),
      raisedAt: iso(raisedAt),
      seenAt: iso(seenAt),
      overAt: isoOrNull(overAt),
    })),
    days: days.map(({ day, ...counts }) => ({ day: iso(day), ...counts })),
  };
}
