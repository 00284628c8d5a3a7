// What was not accepted, of all appliances, for those who mend decoders and models; and trying it again.
import { z } from 'zod';
import { Id, Iso, iso, NewReplay, page, RejectedMessage, RejectedState, Replay } from '#contracts';
import { askReplay, listRejected, listReplays, type Replay as ReplayRow, replayById, type Selection } from '#ingest';
import { actorOf, audit, type Viewer } from '#registry';
import type { ApiDeps } from '../deps.ts';
import { theInstallation } from '../objects.ts';
import type { Routes } from '../route.ts';
import { allowFor, viewerOf } from '../wall.ts';

const CURSOR = /^(\d{1,15})_(\d{1,16})$/;
const RejectedPage = z.object({
  appliance: Id.optional(),
  reason: z.string().min(3).max(200).optional(),
  state: RejectedState.optional(),
  from: Iso.optional(),
  to: Iso.optional(),
  cursor: z.string().regex(CURSOR, 'not a cursor that this list returned').optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const REPLAYS_SHOWN = 50;
const tags = ['Rejected messages'];

export const quarantineRoutes: Routes = (app, deps) => {
  const ofAll = () => theInstallation(deps.sql);

  app.get(
    '/quarantine',
    {
      config: allowFor('list-rejected', ofAll),
      schema: {
        operationId: 'listRejected',
        summary: 'Messages of all appliances that were kept but not accepted, newest first, each with the reason',
        tags,
        querystring: RejectedPage,
        response: { 200: page(RejectedMessage) },
      },
    },
    async (request) => {
      const { cursor, limit, state, ...wish } = request.query;
      const [, at, id] = CURSOR.exec(cursor ?? '') ?? [];
      const before = at === undefined ? null : { at: Number(at), id: id! };
      const rows = await listRejected(deps.sql, { ...selectionOf(wish), state }, { before, limit: limit + 1 });
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map((row) => ({ ...row, receivedAt: iso(row.receivedAt) })),
        next: rows.length > limit && last ? `${last.receivedAt}_${last.id}` : null,
      };
    },
  );

  app.post(
    '/quarantine/replay',
    {
      config: allowFor('replay-rejected', ofAll),
      schema: {
        operationId: 'replayRejected',
        summary: 'Try messages again that were not accepted, e.g. after a decoder or a model was mended',
        tags,
        body: NewReplay,
        response: { 202: Replay },
      },
    },
    async (request, reply) => reply.code(202).send(await ask(deps, request.body, viewerOf(request))),
  );

  app.get(
    '/quarantine/replays',
    {
      config: allowFor('list-rejected', ofAll),
      schema: {
        operationId: 'listReplays',
        summary: 'The newest replays, and how far each has come',
        tags,
        response: { 200: page(Replay) },
      },
    },
    async () => ({ items: (await listReplays(deps.sql, REPLAYS_SHOWN)).map(view), next: null }),
  );
};

const selectionOf = ({ from, to, ...wish }: z.infer<typeof NewReplay>): Selection => ({
  ...wish,
  from: from === undefined ? undefined : Date.parse(from),
  to: to === undefined ? undefined : Date.parse(to),
});

async function ask(
  { sql, jobs, clock }: ApiDeps,
  wish: z.infer<typeof NewReplay>,
  viewer: Viewer,
): Promise<z.infer<typeof Replay>> {
  const now = clock.now();
  const by = actorOf(viewer);
  const { ids, ...fits } = wish;
  const id = await sql.transaction(async (tx) => {
    const asked = await askReplay(tx, selectionOf(wish), { by, now });
    await audit(tx, {
      now,
      by,
      action: 'quarantine.replayed',
      object: { kind: 'replay', id: asked.id },
      organisation: viewer.organisation,
      detail: { ...fits, ...(ids ? { ids } : {}), messages: asked.total },
    });
    return asked.id;
  });
  await jobs.wake('replays');
  return view((await replayById(sql, id))!);
}

const view = ({ askedAt, ...row }: ReplayRow): z.infer<typeof Replay> => ({ ...row, askedAt: iso(askedAt) });
