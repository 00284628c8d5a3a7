// The platform as it is shipped, with a fleet that was imported as a factory's file is.
import * as path from 'node:path';
import { newId } from '#contracts';
import { type Platform, readSettings, startPlatform } from '#main';
import { createGateway, homeOrganisation, importUnits } from '#registry';
import { askHeaps } from '../heap-probe.ts';
import { offer } from '../ingest/child.ts';
import { monotonicMs } from '../ingest/monotonic.ts';
import { usage } from '../ingest/usage.ts';
import type { FleetServerOffers, Speaker } from './offers.ts';

/** Of a platform on embedded engines: database, readings, diagnosis, people. */
const THREADS = 4;
const LINES_AT_ONCE = 10_000;
const LAG = /^stethos_log_lag_seconds\{consumer="(\w+)"\} (\S+)$/gm;

let platform: Platform;

type Unit = { id: string; secret: string };

async function importSome(units: readonly Unit[], organisation: string): Promise<void> {
  const lines = units.map(({ id, secret }) => `stethos-reference-fridge,${id},${id},${secret}`);
  const result = await importUnits(platform.sql, {
    body: Buffer.from(['model,serial,id,secret', ...lines].join('\n')),
    type: 'csv',
    wish: { check: false, skipErrors: false },
    viewer: {
      person: newId(),
      role: 'administrator',
      organisation,
      households: [],
      grants: [],
      scopes: null,
      key: null,
    },
    now: Date.now(),
    pepper: platform.pepper,
  });
  if (!result.written) throw new Error(`the fleet was not imported: ${JSON.stringify(result.errors[0])}`);
}

async function makeUnits(count: number, organisation: string): Promise<Unit[]> {
  const units = Array.from({ length: count }, () => ({ id: newId(), secret: crypto.randomUUID().replaceAll('-', '') }));
  for (let first = 0; first < count; first += LINES_AT_ONCE)
    await importSome(units.slice(first, first + LINES_AT_ONCE), organisation);
  return units;
}

async function makeGateway(organisation: string, units: readonly Unit[]): Promise<Speaker> {
  const { sql, pepper } = platform;
  const fields = { organisation, household: null, serial: null, by: 'platform' as const, now: Date.now(), pepper };
  const gateway = await createGateway(sql, fields);
  const appliances = units.map(({ id }) => id);
  // One by one, as a person attaches them, would take longer than the bench.
  await sql.query('insert into app.gateway_appliance (appliance, gateway, since) select unnest($1::uuid[]), $2, $3', [
    appliances,
    gateway.id,
    fields.now,
  ]);
  return { ...gateway, appliances };
}

const server: FleetServerOffers = {
  async start({ folder, environment }) {
    const ports = { HTTP_PORT: '0', MQTT_PORT: '0', MQTT_WS_PORT: '0', OPS_PORT: '0' };
    const settings = readSettings({ environment: { ...ports, ...environment }, demo: false });
    platform = await startPlatform({ settings, folder: path.join(folder, 'data'), terminalToo: false });
    return { port: platform.mqtt.port };
  },
  async makeFleet({ direct, gateways, behind }) {
    const { id: organisation } = await homeOrganisation(platform.sql);
    const units = await makeUnits(direct + gateways * behind, organisation);
    const speakers: Speaker[] = units.slice(0, direct).map((unit) => ({ ...unit, appliances: null }));
    for (let first = direct; first < units.length; first += behind)
      speakers.push(await makeGateway(organisation, units.slice(first, first + behind)));
    return speakers;
  },
  usage,
  async heapBytes() {
    return (await askHeaps(THREADS)).reduce((sum, { bytes }) => sum + bytes, 0);
  },
  async lagsMs() {
    const answer = await fetch(`http://127.0.0.1:${platform.opsPort}/metrics`);
    const found = (await answer.text()).matchAll(LAG);
    return Object.fromEntries([...found].map(([, consumer, seconds]) => [consumer!, Number(seconds) * 1_000]));
  },
  async caughtUp() {
    await platform.settle();
    return monotonicMs();
  },
  stop: async () => platform[Symbol.asyncDispose](),
};

offer(server);
