// From announced changes to messages: who listens, who may see it, what happened.
import { Change, type Id } from '#contracts';
import { may } from '#registry';
import { CHANGES, type Sql, takeEach } from '#runtime';
import { KIND_OF_CHANGE, momentLookups, objectKinds } from '../objects.ts';
import { addDelivery } from './deliveries.ts';
import type { WebhooksDeps } from './deps.ts';
import { eventsOf, homeOf, newsOf, type Phase, type Told } from './news.ts';
import { viewerOfWebhook, WEBHOOK_COLUMNS, type WebhookRecord } from './records.ts';
import { switchOff } from './switch.ts';

/** Returns how many changes were taken. A change that fails holds back only later changes of the same thing. */
export async function dispatchChanges(deps: WebhooksDeps): Promise<number> {
  const { done, errors } = await takeEach(deps.sql, CHANGES, deps.clock.now(), (tx, body, id) =>
    takeChange(tx, deps, Change.parse(body), id),
  );
  for (const error of errors)
    deps.logger.error(error, 'a change could not be handed to webhooks; it is kept and tried again');
  return done;
}

async function takeChange(tx: Sql, { clock }: WebhooksDeps, change: Change, cause: Id): Promise<void> {
  if (change.what === 'readings') return;
  const { what, id } = change;
  const news = await newsOf(tx, what, id);
  if (!news) return;
  const now = clock.now();
  const look = await momentLookups(tx, clock, what === 'appliance' ? [id] : []);
  const kind = objectKinds(tx, look)[KIND_OF_CHANGE[what]];
  for (const webhook of await listenersFor(tx, what, await homeOf(look, what, id))) {
    const viewer = await viewerOfWebhook(tx, webhook, now);
    if (!viewer) {
      await switchOff(tx, webhook.id, 'owner-gone', now);
      continue;
    }
    const object = await kind.load(id, viewer);
    if (!object || !may(viewer, kind.read, object)) continue;
    const before = await heardOf(tx, { webhook: webhook.id, what, id, phase: news.phase, now });
    for (const type of eventsOf(what, before, news, webhook.createdAt)) {
      if (!webhook.events.includes(type)) continue;
      await addDelivery(tx, { webhook: webhook.id, cause, type, about: { what, object: id }, now });
    }
  }
}

/** A first sieve, so that a change in one home does not ask for every other; whether they may see it is the policy's to say. */
async function listenersFor(tx: Sql, what: Told, household: Id | null): Promise<WebhookRecord[]> {
  const rows = await tx.query<WebhookRecord>(
    `select ${WEBHOOK_COLUMNS} from app.webhook w
      where w.enabled and (w.organisation is not null or w.household = $1::uuid) order by w.id`,
    [household],
  );
  return rows.filter(({ events }) => events.some((event) => event.startsWith(`${what}.`)));
}

/** Notes how it is, and returns how the endpoint last heard of it. Changes of one thing are taken one after the other. */
async function heardOf(
  tx: Sql,
  { webhook, what, id, phase, now }: { webhook: Id; what: Told; id: Id; phase: Phase | null; now: number },
): Promise<Phase | null> {
  if (phase === null) return null;
  const [row] = await tx.query<{ phase: Phase }>(
    'select phase from app.webhook_heard where webhook = $1 and what = $2 and object = $3',
    [webhook, what, id],
  );
  await tx.query(
    `insert into app.webhook_heard (webhook, what, object, phase, heard_at) values ($1, $2, $3, $4, $5)
     on conflict (webhook, what, object) do update set phase = excluded.phase, heard_at = excluded.heard_at`,
    [webhook, what, id, phase, now],
  );
  return row?.phase ?? null;
}
