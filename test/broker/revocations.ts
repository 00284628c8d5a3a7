// Revokes credentials of appliances that are connected, over two brokers, and measures from the commit to the end of the socket.
import { revokeAll } from '#registry';
import type { Fleet } from './fleet.ts';

const LONGEST_WAIT_MS = 15_000;
const AT_ONCE = 50;

type Outcome = { ms: number; stillIn: boolean };

export async function measureRevocations(
  fleet: Fleet,
  count: number,
): Promise<{ slowestMs: number; overASecond: number; stillIn: number }> {
  const outcomes: Outcome[] = [];
  for (let done = 0; done < count; done += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - done) }, (_, i) => one(fleet, (done + i) % 2));
    outcomes.push(...(await Promise.all(batch)));
  }
  return {
    slowestMs: Math.max(...outcomes.map(({ ms }) => ms)),
    overASecond: outcomes.filter(({ ms }) => ms > 1_000).length,
    stillIn: outcomes.filter(({ stillIn }) => stillIn).length,
  };
}

async function one(fleet: Fleet, which: number): Promise<Outcome> {
  const door = fleet.doors[which]!;
  const unit = await fleet.appliance();
  const client = await door.connect(unit);
  const closedAt = client.closed.then(() => performance.now());
  await revokeAll(fleet.sql, { holder: { kind: 'appliance', id: unit.id }, ...fleet.by() });
  const committedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), LONGEST_WAIT_MS);
  });
  const at = await Promise.race([closedAt, never]);
  clearTimeout(timer);
  await client.drop();
  const codes = await Promise.all(
    fleet.doors.map(async (any) => {
      await using again = await any.open();
      return await again.connect(unit.id, unit.secret);
    }),
  );
  return {
    ms: at === null ? LONGEST_WAIT_MS : Math.max(0, at - committedAt),
    stillIn: at === null || codes.includes(0),
  };
}
