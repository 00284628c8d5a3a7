// What counting costs: for each message at the door and in the consumer, beside decoding it, and each time it is written.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { type LogRecord, newId } from '#contracts';
import { openPgliteSql, startPgliteThread } from '#engines/postgres';
import { DoorCounts, ingestTables, makeDecode } from '#ingest';
import { loadModels, registryTables } from '#registry';
import { type LogBatch, type Logger, manualClock, migrate, type Sql, takeLease } from '#runtime';
import { makeJudge } from '../../ingest/judge.ts';
import { LedgerCounts } from '../../ingest/ledger/counts.ts';

const HELP = `npm run bench:ledger -- [options]

Counts messages of 8 values, as the door and the consumer do, and writes the counts to the embedded database.

  --messages N      messages (500000)
  --appliances N    appliances that send them in turn (10000)
  --help`;

const START = Date.UTC(2026, 2, 2, 9);
const BATCH = 2_000;
const SIGNALS = ['power', 'voltage', 'current', 'frequency', 'cabinet_temperature', 'freezer_temperature', 'a', 'b'];
const quiet: Logger = { info() {}, warn() {}, error() {} };

/** Each appliance's stamps grow by a second. */
function makeBatches(messages: number, appliances: readonly string[]): LogBatch[] {
  const batches: LogBatch[] = [];
  for (let first = 0; first < messages; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, messages - first) }, (_, index) => first + index);
    const records = numbers.map((number) => messageOf(appliances[number % appliances.length]!, number));
    batches.push({ records, positions: numbers.map((number) => number + 1), next: first + records.length + 1 });
  }
  return batches;
}

function messageOf(appliance: string, number: number): LogRecord {
  const at = START + number;
  const values = Object.fromEntries(SIGNALS.map((signal, index) => [signal, index === 0 ? number % 100 : index]));
  const body = Buffer.from(JSON.stringify({ seq: number, readings: [{ at, values }] }));
  return { kind: 'message', at, appliance, channel: 'telemetry', model: 'stethos-reference-fridge', body };
}

/** Of processor time: other work on the machine shall not count. */
async function nanoseconds(messages: number, work: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1_000) / messages;
}

async function measure(sql: Sql, messages: number, count: number): Promise<void> {
  const appliances = Array.from({ length: count }, newId);
  const batches = makeBatches(messages, appliances);
  const { clock } = manualClock(START);
  const judge = makeJudge({ decode: makeDecode(loadModels()), logger: quiet, now: clock.now });
  const outcomes: ReturnType<typeof judge>['outcomes'][] = [];
  const decoding = await nanoseconds(messages, () => {
    for (const batch of batches) outcomes.push(judge(batch, 0).outcomes);
  });

  const door = await DoorCounts.open({ sql, clock, logger: quiet, broker: 'bench' });
  const atTheDoor = await nanoseconds(messages, () => {
    for (const { records } of batches) {
      for (const record of records) {
        door.begin();
        door.settle(record, null);
      }
    }
  });
  const writingDoor = (await nanoseconds(1, () => door.write())) / 1e6;

  const lease = await takeLease(sql, { consumer: 'readings', partition: 0 }, { owner: 'bench', endless: true });
  const counts = await LedgerCounts.open(
    { sql, lease: lease!, alsoKeptFrom: () => Number.MAX_SAFE_INTEGER },
    { from: 0, end: 0, now: START },
  );
  // Whoever is heard for the first time is looked up; that is not what is measured.
  await counts.hear(
    outcomes
      .flat()
      .slice(0, count)
      .map((outcome) => ({ ...outcome, position: 0 })),
    1,
  );
  const inConsumer = await nanoseconds(messages, async () => {
    for (const [index, batch] of batches.entries()) await counts.hear(outcomes[index]!, batch.next);
  });
  const writing = (await nanoseconds(1, () => counts.write(START, async () => messages + 1))) / 1e6;

  const row = (what: string, ns: number): string =>
    `${what.padEnd(44)} ${ns.toFixed(0).padStart(8)} ns   ${((ns * 70_000) / 1e7).toFixed(2).padStart(6)} % of a core at 70,000/s`;
  console.log(`${messages} messages of ${SIGNALS.length} values, ${count} appliances, Node ${process.version}\n`);
  console.log(row('decode and judge a message (for comparison)', decoding));
  console.log(row('count it at the door', atTheDoor));
  console.log(row('count it in the consumer', inConsumer));
  console.log(`\nwrite the door's counts of ${count} appliances        ${writingDoor.toFixed(0)} ms`);
  console.log(`write the consumer's counts of ${count} appliances    ${writing.toFixed(0)} ms`);
}

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '500000' },
    appliances: { type: 'string', default: '10000' },
    help: { type: 'boolean' },
  },
});
if (values.help) console.log(HELP);
else {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-bench-ledger-'));
  try {
    await using thread = await startPgliteThread({ dir: folder });
    await using sql = openPgliteSql(thread.port());
    await migrate(sql, [...registryTables, ...ingestTables]);
    await measure(sql, Number(values.messages), Number(values.appliances));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
