// `npm run mqtt:open-profile -- --port 1884`: the open test profile on loopback, until it is stopped.
import { parseArgs } from 'node:util';
import { openProfile } from './open-profile.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '1884' } } });
const { port } = await openProfile(Number(values.port));
process.stdout.write(`The open test profile listens on 127.0.0.1:${port}. It is no broker for appliances.\n`);
