// The broker that is fuzzed, in a process of its own: a failure that nobody caught ends it, and its heap is its own.
import { memoryUsage } from 'node:process';
import { LIMITS } from '#broker';
import { HOUR } from '#runtime';
import { MODEL, NOW, openDoor } from '../broker/door.ts';

const SECRET = process.argv[2]!;
/** Whoever was refused for an hour is soon back. */
const AN_HOUR_LASTS_MS = 100;

const door = await openDoor({
  limits: { ...LIMITS, connects: { perSecond: 0, burst: 0 } },
  authenticate: async (_, secret) => (secret === SECRET ? { model: MODEL } : null),
});
let now = NOW;
setInterval(() => {
  now += HOUR;
  door.setClock(now);
  // Noted for tests, and nothing that a broker keeps.
  door.warnings.length = 0;
}, AN_HOUR_LASTS_MS);

process.on('message', (question) => {
  if (question !== 'memory') return;
  globalThis.gc?.();
  const { heapUsed, rss } = memoryUsage();
  process.send!({ heapUsed, rss, counts: door.broker.counts });
});
process.on('disconnect', () => process.exit());
process.send!({ port: door.port });
