// Endpoints whose maker, or whose household, is no longer there.
import type { Id } from '#contracts';
import type { Sql } from '#runtime';

/** An organisation's endpoint stays: it is not its maker's. */
export async function forgetWebhooksOf(tx: Sql, person: Id, households: readonly Id[]): Promise<void> {
  await tx.query(
    `delete from app.webhook where (person = $1 and household is not null) or household = any($2::uuid[])`,
    [person, households],
  );
}
