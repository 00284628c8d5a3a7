// Endpoints as rows: whose they are, what they want to hear, and on whose behalf they hear it.
import { type Id, iso, isoOrNull, type Webhook, type WebhookEvent, type WebhookReason } from '#contracts';
import { NOBODYS, openSealed, type PolicyObject, type Viewer, viewerOfPerson } from '#registry';
import type { Sql } from '#runtime';
import { reasonView } from './reasons.ts';

export type WebhookRecord = {
  id: Id;
  organisation: Id | null;
  household: Id | null;
  person: Id;
  urlSealed: string;
  descriptionSealed: string;
  events: WebhookEvent[];
  enabled: boolean;
  reason: WebhookReason | null;
  createdAt: number;
  arrivedAt: number | null;
  failures: number;
};

export const WEBHOOK_COLUMNS = `w.id, w.organisation, w.household, w.person, w.url_sealed as "urlSealed",
  w.description_sealed as "descriptionSealed", w.events, w.enabled, w.reason, w.created_at as "createdAt",
  w.arrived_at as "arrivedAt", w.failures`;

/** Whose key seals its address and secrets: with the person's key they are gone too. */
export const subjectOf = (webhook: Pick<WebhookRecord, 'organisation' | 'person'>): Id =>
  webhook.organisation ?? webhook.person;

export async function webhookById(sql: Sql, id: Id): Promise<WebhookRecord | null> {
  const [row] = await sql.query<WebhookRecord>(`select ${WEBHOOK_COLUMNS} from app.webhook w where w.id = $1`, [id]);
  return row ?? null;
}

/** Those of the households that the viewer owns, or of his organisation. */
export async function webhooksOf(sql: Sql, viewer: Viewer): Promise<WebhookRecord[]> {
  const owned = viewer.households.filter((membership) => membership.as === 'owner');
  return sql.query<WebhookRecord>(
    `select ${WEBHOOK_COLUMNS} from app.webhook w
      where w.organisation = $1::uuid or w.household = any($2::uuid[]) order by w.id`,
    [viewer.organisation, owned.map((membership) => membership.household)],
  );
}

export const webhookObject = ({ household, organisation }: Pick<WebhookRecord, 'household' | 'organisation'>) =>
  ({ ...NOBODYS, household, organisations: organisation === null ? [] : [organisation] }) satisfies PolicyObject;

/**
 * On whose behalf the endpoint is told things: an organisation's sees what its administrators see, a household's what its
 * maker sees of that one household. Null when that person may no longer decide for it.
 */
export async function viewerOfWebhook(sql: Sql, webhook: WebhookRecord, now: number): Promise<Viewer | null> {
  const { person, organisation, household } = webhook;
  if (organisation !== null) {
    return { person, role: 'administrator', organisation, households: [], grants: [], scopes: null, key: null };
  }
  const viewer = await viewerOfPerson(sql, person, now);
  const households = viewer?.households.filter((one) => one.household === household && one.as === 'owner') ?? [];
  return viewer && households.length > 0 ? { ...viewer, households } : null;
}

export async function webhookView(sql: Sql, webhook: WebhookRecord): Promise<Webhook> {
  const subject = subjectOf(webhook);
  return {
    id: webhook.id,
    url: (await openSealed(sql, subject, webhook.urlSealed)) ?? '',
    description: (await openSealed(sql, subject, webhook.descriptionSealed)) ?? '',
    events: webhook.events,
    organisation: webhook.organisation,
    household: webhook.household,
    enabled: webhook.enabled,
    reason: reasonView(webhook.reason),
    createdAt: iso(webhook.createdAt),
    arrivedAt: isoOrNull(webhook.arrivedAt),
  };
}
