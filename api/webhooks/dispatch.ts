// From announced changes to messages: who listens, who may see it, what happened.
import { Change, type Id } from '#contracts';
import { may } from '#registry';
import { CHANGES, type Sql, takeEach } from '#runtime';
import { KIND_OF_CHANGE, momentLookups, objectKinds } from '../objects.ts';
import { addDelivery } from './deliveries.ts';
import type { WebhooksDeps } from './deps.ts';
import { eventsOf, type News, newsOf, type Phase, type Told } from './news.ts';
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
  const listeners = await listenersFor(tx, news);
  if (listeners.length === 0) return;
  const now = clock.now();
  const before = await remember(tx, { what, id, phase: news.phase, now });
  const kind = objectKinds(tx, await momentLookups(tx, clock, what === 'appliance' ? [id] : []))[KIND_OF_CHANGE[what]];
  for (const webhook of listeners) {
    const wanted = eventsOf(what, before, news, webhook.createdAt).filter((event) => webhook.events.includes(event));
    if (wanted.length === 0) continue;
    const viewer = await viewerOfWebhook(tx, webhook, now);
    if (!viewer) {
      await switchOff(tx, webhook.id, 'owner-gone', now);
      continue;
    }
    const object = await kind.load(id, viewer);
    if (!object || !may(viewer, kind.read, object)) continue;
    for (const type of wanted) {
      await addDelivery(tx, { webhook: webhook.id, cause, type, about: { what, object: id }, now });
    }
  }
}

/** A first sieve, so that a change in one home does not ask for every other; whether they may see it is the policy's to say. */
const listenersFor = (tx: Sql, { household }: News): Promise<WebhookRecord[]> =>
  tx.query<WebhookRecord>(
    `select ${WEBHOOK_COLUMNS} from app.webhook w
      where w.enabled and (w.organisation is not null or w.household = $1::uuid) order by w.id`,
    [household],
  );

/** Returns how it was when it was last looked at. Changes of one thing are taken one after the other. */
async function remember(
  tx: Sql,
  { what, id, phase, now }: { what: Told; id: Id; phase: Phase | null; now: number },
): Promise<Phase | null> {
  if (phase === null) return null;
  const [row] = await tx.query<{ phase: Phase }>('select phase from app.webhook_seen where what = $1 and object = $2', [
    what,
    id,
  ]);
  await tx.query(
    `insert into app.webhook_seen (what, object, phase, seen_at) values ($1, $2, $3, $4)
     on conflict (what, object) do update set phase = excluded.phase, seen_at = excluded.seen_at`,
    [what, id, phase, now],
  );
  return row?.phase ?? null;
}
