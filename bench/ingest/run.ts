// `npm run bench:ingest`: what the platform takes in, beside plain Aedes on the same machine at the same time.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { writeFigures } from '../figure.ts';
import { aimedAt, rowsOf } from './figures.ts';
import { describeMachine } from './machine.ts';
import { measure } from './measure.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { headOf, notesOf, tableOf } from './table.ts';

async function bench(options: BenchOptions): Promise<void> {
  if (options.flushMs > 0) process.env.FLUSH_MS = String(options.flushMs);
  const folder = fs.mkdtempSync(path.join(options.folder ?? os.tmpdir(), 'stethos-bench-'));
  // Children end when this process lets go of them; only the folder would stay.
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const machine = describeMachine(folder);
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const tell = (what: string): void => void process.stderr.write(`${what} ...\n`);
  await using stack = new AsyncDisposableStack();
  const measured = await measure(folder, options, tell, stack);
  const rows = rowsOf(measured);
  process.stdout.write(`\n${headOf(machine, `${date} UTC`)}\n\n${tableOf(rows)}\n\n${notesOf(measured, options)}\n`);
  if (measured.stored.stored !== measured.stored.acknowledged) process.exitCode = 1;
  writeFigures(options.figures, aimedAt(measured));
  if (options.json) {
    const { rounds, ratePerSecond, messageBytes, readings, stored } = measured;
    const figures = { date, machine, options, rows, rounds, ratePerSecond, messageBytes, readings, stored };
    fs.writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  }
}

const options = readOptions(process.argv.slice(2));
if (options) await bench(options);
