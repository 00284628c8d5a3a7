// `npm run test:store-outage`: the readings store is away for --minutes, at --rate messages a second.
import { parseArgs } from 'node:util';
import { type Outage, storeOutage } from './outage.ts';
import type { StoreName } from './store-away.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '2000' },
    store: { type: 'string' },
  },
});
const MINUTE_MS = 60_000;
const MOST_BACKFILL_MS = 5 * MINUTE_MS;
const MOST_RSS_GROWTH = 100e6;
const MOST_ALERT_MS = 1_000;

const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

function print(store: StoreName, outage: Outage): boolean {
  const { messages, readings, stored, backfilledMs, pubackP99Ms, rssBefore, rssMost, alertMs, order } = outage;
  const slowest = Math.max(...alertMs.map((ms) => (Number.isNaN(ms) ? Number.POSITIVE_INFINITY : ms)));
  const rows: [what: string, said: string, held: boolean][] = [
    ['messages acknowledged', `${messages}`, messages > 0],
    ['readings in them', `${readings}`, true],
    ['stored', `${stored}`, stored === readings],
    ['set aside', `${outage.quarantined.length}`, outage.quarantined.length === 0],
    ['back-filled within', seconds(backfilledMs), backfilledMs <= MOST_BACKFILL_MS],
    ['stamps said again and again', `${order.stamps}, ${order.wrong} of them not as said last`, order.wrong === 0],
    ['alerts meanwhile', `${alertMs.length}, the slowest after ${seconds(slowest)}`, slowest <= MOST_ALERT_MS],
    ['PUBLISH to PUBACK, p99', `${pubackP99Ms.toFixed(1)} ms`, true],
    [
      'memory of the platform',
      `${mb(rssBefore)} before, ${mb(rssMost)} at most`,
      rssMost - rssBefore < MOST_RSS_GROWTH,
    ],
  ];
  console.log(`\n${store} away for ${values.minutes} min at ${values.rate} messages/s`);
  for (const [what, said, held] of rows) console.log(`${what.padEnd(28)} ${said}${held ? '' : '   MISSED'}`);
  return rows.every(([, , held]) => held);
}

const stores: StoreName[] = values.store ? [values.store as StoreName] : ['InfluxDB', 'DuckDB'];
for (const store of stores) {
  const outage = await storeOutage({
    store,
    downMs: Number(values.minutes) * MINUTE_MS,
    messagesPerSecond: Number(values.rate),
    publishers: 40,
    alerts: 5,
    tell: (what) => process.stderr.write(`${what}\n`),
  });
  if (!print(store, outage)) process.exitCode = 1;
}
