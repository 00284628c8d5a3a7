// The broker that is abused, in a process of its own, with a real log on disk.
import { memoryUsage } from 'node:process';
import { MODEL, openDoor } from '../broker/door.ts';

const SECRET = process.argv[2]!;

const door = await openDoor({ authenticate: async (_, secret) => (secret === SECRET ? { model: MODEL } : null) });
let mostRss = 0;
setInterval(() => {
  mostRss = Math.max(mostRss, memoryUsage().rss);
}, 20);

process.on('message', ({ question, appliance, bytes }: { question: string; appliance?: string; bytes?: number }) => {
  if (question === 'rss') {
    globalThis.gc?.();
    mostRss = memoryUsage().rss;
    process.send!({ rss: mostRss });
  }
  if (question === 'most-rss') process.send!({ rss: mostRss });
  if (question !== 'notify') return;
  door.broker.downlink.notify(appliance!, { code: 'server-time', at: 0, reason: 'x'.repeat(bytes!) });
  process.send!({});
});
process.on('disconnect', () => process.exit());
process.send!({ port: door.port });
