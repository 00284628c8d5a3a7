// When a server has nothing left to do: its own CPU time tells, without asking it for anything that would cost some.
import { setTimeout } from 'node:timers/promises';
import { monotonicMs } from './monotonic.ts';

const LOOK_EVERY_MS = 50;
const QUIET_FOR_MS = 500;
/** Of one core. Ticks, timers and the bench's own looking cost about a hundredth. */
const QUIET_SHARE = 0.1;

/** Resolves when the process has been quiet for half a second; returns when that began, monotonic ms. */
export async function quietSince(): Promise<number> {
  let since = monotonicMs();
  let before = process.cpuUsage();
  for (let at = since; ; ) {
    await setTimeout(LOOK_EVERY_MS);
    const { user, system } = process.cpuUsage(before);
    const now = monotonicMs();
    if ((user + system) / 1000 > (now - at) * QUIET_SHARE) since = now;
    if (now - since >= QUIET_FOR_MS) return since;
    before = process.cpuUsage();
    at = now;
  }
}
