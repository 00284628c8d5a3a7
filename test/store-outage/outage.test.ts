// The short form of `npm run test:store-outage`.
import { describe, expect, it } from 'vitest';
import { describeEngine } from '../servers/servers.ts';
import { storeOutage } from './outage.ts';
import type { StoreName } from './store-away.ts';

const shortly = (store: StoreName) =>
  storeOutage({ store, downMs: 12_000, messagesPerSecond: 200, publishers: 10, alerts: 2, tell: () => {} });

async function keepsEverything(store: StoreName): Promise<void> {
  const outage = await shortly(store);
  expect(outage.messages).toBeGreaterThan(1_000);
  expect(outage.stored).toBe(outage.readings);
  expect(outage.order.stamps).toBeGreaterThan(1);
  expect(outage.order.wrong).toBe(0);
  expect(outage.quarantined).toEqual([]);
  expect(outage.alertMs.filter((ms) => ms > 0)).toHaveLength(2);
}

describeEngine('InfluxDB', 'a store that is away for a while', () => {
  it('costs no reading and no order, and no alert waits for it', () => keepsEverything('InfluxDB'));
});

describe('a store that is slow for a while', () => {
  it('costs no reading and no order, and no alert waits for it', () => keepsEverything('DuckDB'));
});
