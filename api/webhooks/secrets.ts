// Secrets of endpoints and the signatures made with them, by the Standard Webhooks specification.
import { randomBytes } from 'node:crypto';
import { Webhook as Signer } from 'standardwebhooks';
import type { Id } from '#contracts';
import { openSealed, seal } from '#registry';
import type { Sql } from '#runtime';
import { subjectOf, type WebhookRecord } from './records.ts';

const SECRET_BYTES = 32;

type Owned = Pick<WebhookRecord, 'id' | 'organisation' | 'person'>;

/** A new secret, to be shown once. Those that stand end at `othersEndAt`. */
export async function issueSecret(
  tx: Sql,
  webhook: Owned,
  { now, othersEndAt }: { now: number; othersEndAt: number },
): Promise<string> {
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  await tx.query(
    'update app.webhook_secret set ends_at = $2 where webhook = $1 and (ends_at is null or ends_at > $2)',
    [webhook.id, othersEndAt],
  );
  await tx.query('delete from app.webhook_secret where webhook = $1 and ends_at <= $2', [webhook.id, now]);
  await tx.query('insert into app.webhook_secret (webhook, secret_sealed, created_at) values ($1, $2, $3)', [
    webhook.id,
    await seal(tx, subjectOf(webhook), secret),
    now,
  ]);
  return secret;
}

/** Newest first; none when its owner was erased. */
export async function secretsOf(sql: Sql, webhook: Owned, now: number): Promise<string[]> {
  const rows = await sql.query<{ sealed: string }>(
    `select secret_sealed as sealed from app.webhook_secret
      where webhook = $1 and (ends_at is null or ends_at > $2) order by ends_at desc nulls first, created_at desc`,
    [webhook.id, now],
  );
  const secrets = await Promise.all(rows.map((row) => openSealed(sql, subjectOf(webhook), row.sealed)));
  return secrets.filter((secret) => secret !== null);
}

/** The header webhook-id: the same on every try, so that a repeat is recognised. */
export const messageId = (delivery: Id): string => `msg_${delivery}`;

/** One signature per secret: while a secret is being replaced, either one verifies. */
export function signedHeaders(
  secrets: readonly string[],
  { id, body, now }: { id: string; body: string; now: number },
): Record<string, string> {
  const signatures = secrets.map((secret) => new Signer(secret).sign(id, new Date(now), body));
  return {
    'content-type': 'application/json',
    'user-agent': 'Stethos-Webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now / 1000)),
    'webhook-signature': signatures.join(' '),
  };
}
