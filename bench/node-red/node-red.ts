// Node-RED with its InfluxDB node, as its users set it up: MQTT in, a threshold, a point for InfluxDB.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { InfluxServer } from '../../test/servers/servers.ts';

/** Not part of the product: it is installed only for whoever wants to compare. */
const FOLDER = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'stethos/node-red');
export const INSTALL = `npm install --prefix ${FOLDER} node-red@5 node-red-contrib-influxdb@0.7.0`;

export type NodeRed = AsyncDisposable & { pid: number };

export const isInstalled = (): boolean => fs.existsSync(path.join(FOLDER, 'node_modules/node-red/red.js'));

const POINT = `
const appliance = msg.topic.split('/')[2];
if (msg.payload.readings[0].values.cabinet_temperature > 8) node.warn('too warm: ' + appliance);
msg.payload = msg.payload.readings.map(({ at, values }) => [{ ...values, time: new Date(at) }, { appliance }])[0];
return msg;`;

const flows = (port: number, influx: InfluxServer): object[] => [
  { id: 'flow', type: 'tab', label: 'bench' },
  {
    id: 'broker',
    type: 'mqtt-broker',
    broker: '127.0.0.1',
    port: String(port),
    clientid: 'node-red',
    autoConnect: true,
    protocolVersion: '4',
    keepalive: '60',
    cleansession: true,
  },
  {
    id: 'in',
    type: 'mqtt in',
    z: 'flow',
    topic: 'v1/appliances/+/telemetry',
    qos: '1',
    datatype: 'json',
    broker: 'broker',
    wires: [['point']],
  },
  { id: 'point', type: 'function', z: 'flow', func: POINT, outputs: 1, wires: [['out']] },
  { id: 'influx', type: 'influxdb', influxdbVersion: '2.0', url: influx.url, rejectUnauthorized: false },
  {
    id: 'out',
    type: 'influxdb out',
    z: 'flow',
    influxdb: 'influx',
    measurement: 'refrigerator',
    precisionV18FluxV20: 'ms',
    org: influx.org,
    bucket: influx.bucket,
    wires: [],
  },
];

/** Resolves when its flow runs. */
export async function startNodeRed(port: number, influx: InfluxServer): Promise<NodeRed> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-node-red-'));
  const write = (name: string, text: string): void => fs.writeFileSync(path.join(folder, name), text);
  write('flows.json', JSON.stringify(flows(port, influx)));
  write('flows_cred.json', JSON.stringify({ influx: { token: influx.token } }));
  const modules = JSON.stringify(path.join(FOLDER, 'node_modules'));
  write(
    'settings.js',
    `module.exports = { uiPort: 0, httpAdminRoot: false, credentialSecret: false, flowFile: 'flows.json', nodesDir: ${modules} };`,
  );
  const args = [path.join(FOLDER, 'node_modules/node-red/red.js'), '--userDir', folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const { promise: runs, resolve, reject } = Promise.withResolvers<void>();
  child.once('exit', (code) => reject(new Error(`Node-RED ended with code ${code}`)));
  child.stdout.on('data', (chunk: Buffer) => {
    if (process.env.NODE_RED_SAYS) process.stderr.write(chunk);
    if (chunk.includes('Connected to broker')) resolve();
  });
  await runs;
  return {
    pid: child.pid!,
    async [Symbol.asyncDispose]() {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
