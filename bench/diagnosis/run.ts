// `npm run bench:diagnosis`: how good the diagnosis is, on refrigerators of which the truth is known.
import * as fs from 'node:fs';
import { judgeAll } from './crew.ts';
import type { JudgedLife } from './judged-life.ts';
import { measure } from './measures.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { planOf } from './plan.ts';
import { tellStory } from './story.ts';
import { confusionTable, falseTable, faultTable, headlineTable, otherTable, strataTable } from './tables.ts';

async function judgeFleets(options: BenchOptions): Promise<JudgedLife[]> {
  const { jobs, leaveOut } = options;
  const lives: JudgedLife[] = [];
  const lines = options.json ? fs.openSync(options.json, 'w') : null;
  await judgeAll({
    specs: planOf(options),
    jobs,
    leaveOut,
    done: (life) => {
      lives.push(life);
      if (lines !== null) fs.writeSync(lines, `${JSON.stringify(life)}\n`);
    },
  });
  if (lines !== null) fs.closeSync(lines);
  return lives.sort((a, b) => a.seed - b.seed);
}

async function run(options: BenchOptions): Promise<void> {
  const lives = await judgeFleets(options);
  const quality = measure(lives);
  const tables = [headlineTable, faultTable, confusionTable, otherTable, falseTable, strataTable];
  for (const tell of tables) process.stdout.write(`\n${tell(quality)}\n`);
}

const options = readOptions(process.argv.slice(2));
if (options?.life) {
  const asked = options.life === 'healthy' ? null : options.life;
  for (const line of tellStory({ seed: options.seed, asked, days: options.days })) process.stdout.write(`${line}\n`);
} else if (options) await run(options);
