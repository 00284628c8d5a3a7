// `npm test`: types, then every test, then which engines were really exercised.
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { enginesAvailable } from './servers/engines-available.ts';

const ROOT = path.join(import.meta.dirname, '..');

function run(program: string, args: string[]): number {
  const { status } = spawnSync(process.execPath, [path.join(ROOT, 'node_modules', program), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  return status ?? 1;
}

const typeErrors = run('typescript/bin/tsc', []);
const failed = typeErrors !== 0 ? typeErrors : run('vitest/vitest.mjs', ['run', ...process.argv.slice(2)]);

const engines = { PGlite: true, DuckDB: true, 'segment log': true, 'BullMQ on PGlite': true, ...enginesAvailable() };
console.log('\nEngines');
for (const [engine, present] of Object.entries(engines)) {
  console.log(`  ${engine.padEnd(18)} ${present ? 'exercised' : 'NOT exercised: not installed'}`);
}
process.exitCode = failed;
