// A swapped Wi-Fi module: the machine keeps its file, its readings and its history; only what it proves itself with is new.
import type { Id } from '#contracts';
import type { Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';
import { issueCredential, revokeAll } from '../appliances/credentials.ts';
import { noteUnitEvent } from './unit-events.ts';

/** The old module is cut at once. Returns the new secret, shown once; null with a certificate. Throws as `issueCredential`. */
export async function swapModule(
  sql: Sql,
  swap: { appliance: Id; fingerprint?: string; firmware?: string; by: Actor; now: number; pepper: string },
): Promise<string | null> {
  const { appliance, fingerprint, by, now, pepper } = swap;
  const holder = { kind: 'appliance', id: appliance } as const;
  return sql.transaction(async (tx) => {
    await revokeAll(tx, { holder, by, now });
    const proof = fingerprint === undefined ? {} : { fingerprint };
    const { id, secret } = await issueCredential(tx, { holder, by, now, pepper, ...proof });
    if (swap.firmware !== undefined) await setFirmware(tx, { appliance, firmware: swap.firmware, by, now });
    await noteUnitEvent(tx, appliance, { at: now, what: 'module-swapped', detail: {} });
    const [unit] = await tx.query<{ organisation: Id }>('select organisation from app.appliance where id = $1', [
      appliance,
    ]);
    await audit(tx, {
      now,
      by,
      action: 'appliance.module-swapped',
      object: holder,
      organisation: unit!.organisation,
      detail: { credential: id },
    });
    return secret;
  });
}

/** Notes the change in the machine's history. The version that it has already changes nothing. */
export async function setFirmware(
  tx: Sql,
  { appliance, firmware, by, now }: { appliance: Id; firmware: string; by: Actor; now: number },
): Promise<void> {
  const [before] = await tx.query<{ firmware: string | null; organisation: Id }>(
    'select firmware, organisation from app.appliance where id = $1 for update',
    [appliance],
  );
  if (!before || before.firmware === firmware) return;
  await tx.query('update app.appliance set firmware = $2 where id = $1', [appliance, firmware]);
  await noteUnitEvent(tx, appliance, {
    at: now,
    what: 'firmware-changed',
    detail: { from: before.firmware, to: firmware },
  });
  await audit(tx, {
    now,
    by,
    action: 'appliance.firmware-changed',
    object: { kind: 'appliance', id: appliance },
    organisation: before.organisation,
    detail: { from: before.firmware, to: firmware },
  });
}
