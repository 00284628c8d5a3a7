// What an owner lets an independent repairer see: one appliance, for a while, until he takes it back.
import { type Grant, type Id, iso, isoOrNull, type Language, newId } from '#contracts';
import { HOUR, PlatformError, type Sql } from '#runtime';
import { invite, waitingAccount } from '../people/invitations.ts';
import { mailPerson } from '../people/mail-person.ts';
import { grantedToRepair, invitedToRepair } from '../people/mail-words.ts';
import { personById } from '../people/people.ts';
import { accountOf } from '../people/sign-up.ts';
import { announceAccess } from './access-changes.ts';
import { type Actor, audit } from './audit.ts';

const MOST_RUNNING = 10;

type Row = { id: Id; appliance: Id; person: Id; createdAt: number; endsAt: number; revokedAt: number | null };
const COLUMNS = `id, appliance, person, created_at as "createdAt", ends_at as "endsAt", revoked_at as "revokedAt"`;

export type NewGrantFields = {
  appliance: Id;
  owner: Id;
  email: string;
  hours: number;
  language: Language;
  now: number;
  by: Actor;
};

/** Who has no account gets one by mail. Throws `not-a-repairer` and `too-many-grants`. */
export async function grantAccess(sql: Sql, fields: NewGrantFields): Promise<Grant> {
  const { appliance, owner, now, by } = fields;
  const endsAt = now + fields.hours * HOUR;
  return sql.transaction(async (tx) => {
    await mustBeFew(tx, appliance, now);
    const { person, confirmed } = await repairerFor(tx, fields);
    const id = newId();
    await tx.query(
      'insert into app.repair_grant (id, appliance, person, granted_by, created_at, ends_at) values ($1, $2, $3, $4, $5, $6)',
      [id, appliance, person, owner, now, endsAt],
    );
    if (confirmed) {
      await mailPerson(tx, person, { ...grantedToRepair(endsAt), path: `/appliances/${appliance}` });
    } else {
      await invite(tx, { person, words: (linkEndsAt) => invitedToRepair(linkEndsAt, endsAt), now });
    }
    await announceAccess(tx, person);
    await audit(tx, {
      now,
      by,
      action: 'grant.given',
      object: { kind: 'appliance', id: appliance },
      organisation: await organisationOf(tx, appliance),
      detail: { grant: id, person, endsAt: iso(endsAt) },
    });
    return view(tx, { id, appliance, person, createdAt: now, endsAt, revokedAt: null }, now);
  });
}

async function mustBeFew(tx: Sql, appliance: Id, now: number): Promise<void> {
  await tx.query('select id from app.appliance where id = $1 for no key update', [appliance]);
  const running = await tx.query(
    'select id from app.repair_grant where appliance = $1 and ends_at > $2 and revoked_at is null',
    [appliance, now],
  );
  if (running.length < MOST_RUNNING) return;
  throw new PlatformError(
    'too-many-grants',
    'reject',
    `At most ${MOST_RUNNING} repairers see one appliance at a time.`,
    {
      hint: 'Take one back first.',
    },
  );
}

async function repairerFor(tx: Sql, fields: NewGrantFields): Promise<{ person: Id; confirmed: boolean }> {
  const known = await accountOf(tx, fields.email);
  if (!known) return { person: await waitingAccount(tx, { ...fields, role: 'repairer' }), confirmed: false };
  if (known.role === 'repairer' && known.active) return { person: known.id, confirmed: known.confirmed };
  throw new PlatformError('not-a-repairer', 'reject', 'This mail address cannot get access as a repairer.', {
    hint: 'Ask the repairer for another address; people of your household are invited into it.',
  });
}

async function organisationOf(tx: Sql, appliance: Id): Promise<Id | null> {
  const [row] = await tx.query<{ organisation: Id }>('select organisation from app.appliance where id = $1', [
    appliance,
  ]);
  return row?.organisation ?? null;
}

/** Newest first, those that are over too. `since`: when the household got the appliance. */
export async function listGrants(
  sql: Sql,
  { appliance, since, now }: { appliance: Id; since: number; now: number },
): Promise<Grant[]> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from app.repair_grant where appliance = $1 and created_at >= $2
      order by created_at desc, id desc limit 200`,
    [appliance, since],
  );
  return Promise.all(rows.map((row) => view(sql, row, now)));
}

async function view(sql: Sql, row: Row, now: number): Promise<Grant> {
  const { id, appliance } = row;
  return {
    id,
    appliance,
    email: (await personById(sql, row.person))?.email ?? '',
    createdAt: iso(row.createdAt),
    endsAt: iso(row.endsAt),
    revokedAt: isoOrNull(row.revokedAt),
    running: row.revokedAt === null && row.endsAt > now,
  };
}

/** Counts at once, also for what the repairer has open. False when the appliance has no such grant that runs. */
export async function revokeGrant(
  sql: Sql,
  { appliance, grant, now, by }: { appliance: Id; grant: Id; now: number; by: Actor },
): Promise<boolean> {
  return sql.transaction(async (tx) => {
    const [ended] = await tx.query<{ person: Id }>(
      `update app.repair_grant set revoked_at = $3
        where id = $1 and appliance = $2 and revoked_at is null and ends_at > $3 returning person`,
      [grant, appliance, now],
    );
    if (!ended) return false;
    await announceAccess(tx, ended.person);
    await audit(tx, {
      now,
      by,
      action: 'grant.revoked',
      object: { kind: 'appliance', id: appliance },
      organisation: await organisationOf(tx, appliance),
      detail: { grant, person: ended.person },
    });
    return true;
  });
}
