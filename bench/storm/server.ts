// The broker of the storm, in a process of its own: TLS, and credentials from a real registry.
import { memoryUsage } from 'node:process';
import type { Id } from '#contracts';
import { certificateFolder } from '../../test/broker/certificate-folder.ts';
import { openFleet } from '../../test/broker/fleet.ts';
import { pgliteDatabase } from '../../test/engines/databases.ts';

const COUNT = Number(process.argv[2]);
const AT_ONCE = 100;

const folder = certificateFolder();
const { cert, key } = folder.server();
const fleet = await openFleet(pgliteDatabase, { tls: { certificate: cert, key } });
const credentials: { id: Id; secret: string }[] = [];
while (credentials.length < COUNT)
  credentials.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => fleet.appliance()))));
folder[Symbol.dispose]();

process.on('message', () => {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send!({ rss: memoryUsage().rss, cpuMs: (user + system) / 1_000 });
});
process.on('disconnect', () => process.exit());
const [door] = fleet.doors;
process.send!({ port: door.broker.ports.tls, cert, credentials: credentials.slice(0, COUNT) });
