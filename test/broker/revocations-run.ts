// Revokes the credentials of a thousand connected appliances, over two brokers on one PostgreSQL, and prints how long each took.
import { parseArgs } from 'node:util';
import { postgresDatabase } from '../engines/databases.ts';
import { openFleet } from './fleet.ts';
import { measureRevocations } from './revocations.ts';

const DEADLINE_MS = 10_000;
const { values } = parseArgs({ options: { count: { type: 'string', default: '1000' } } });
const count = Number(values.count);

await using fleet = await openFleet(postgresDatabase);
const { slowestMs, overASecond, stillIn } = await measureRevocations(fleet, count);
console.log(
  `revocations: ${count}, over 1 s: ${overASecond}, slowest ${Math.round(slowestMs)} ms, still in or let in again: ${stillIn}`,
);
process.exitCode = stillIn > 0 || slowestMs > DEADLINE_MS ? 1 : 0;
