// `npm run rules`: rules of diagnosis as files: check, import, compare, publish, roll back, export.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { RuleMove } from '#contracts';
import { changesBetween, checkRule, linesBetween, type RuleVersionRecord, whereIs } from '#diagnosis-rules';
import { PlatformError } from '#runtime';
import { needed, runCommand } from '../backup/command-line.ts';
import { askOperator, type Where } from './ask-operator.ts';

const HELP = `Usage
  npm run rules -- list                            every rule, its versions and their states
  npm run rules -- check FILE...                   mistakes and doubts, each with its line and what would be right
  npm run rules -- import FILE... [--note TEXT]    each as a new draft
  npm run rules -- export --out DIR [--every]      what is live as files; with --every all versions
  npm run rules -- diff A B                        A and B: a file, or RULE@VERSION
  npm run rules -- try RULE@VERSION                judge by it silently, beside the live one
  npm run rules -- publish RULE@VERSION            it is live; what was live retires
  npm run rules -- retire RULE@VERSION             it is judged no more
  npm run rules -- rollback RULE@VERSION           one that was live before is live again

Options
  --note TEXT        why; kept with the version
  --data DIR         data folder of the platform; default: the demo's
  --config FILE      the settings the platform runs with (or the environment)`;

const MOVES: Readonly<Record<string, RuleMove>> = {
  try: 'try',
  publish: 'publish',
  retire: 'retire',
  rollback: 'roll-back',
};

type Named = { rule: string; version: number };

function named(text: string | undefined): Named {
  const match = /^([a-z0-9-]+)@(\d+)$/.exec(needed(text, 'RULE@VERSION'));
  if (match) return { rule: match[1]!, version: Number(match[2]) };
  throw new PlatformError('bad-arguments', 'reject', `"${text}" names no version of a rule.`, {
    hint: 'Write it like refrigerator-cooling@2; "list" shows them.',
  });
}

const line = ({ version, state, source, reviewedBy, note }: RuleVersionRecord): string =>
  `  ${String(version).padStart(4)}  ${state.padEnd(8)} ${source.padEnd(9)} ${reviewedBy === null ? 'not yet reviewed' : `reviewed by ${reviewedBy}`}${note === '' ? '' : `  ${note}`}`;

async function list(where: Where): Promise<void> {
  const answer = await askOperator(where, { what: 'list-rules' });
  if (!('versions' in answer)) return;
  for (const [rule, versions] of Map.groupBy(answer.versions, (row) => row.rule)) {
    console.log(`${rule}  (${versions[0]!.kind})  ${versions[0]!.title.en}`);
    for (const version of versions) console.log(line(version));
  }
}

/** No platform is needed. */
function check(files: readonly string[]): void {
  for (const file of files) {
    const { problems } = checkRule(read(file));
    for (const problem of problems)
      console.log(`${file}: ${whereIs(problem)}: ${problem.weight}: ${problem.message} ${problem.fix}`);
    if (problems.some(({ weight }) => weight === 'mistake')) process.exitCode = 1;
    else console.log(`${file}: can be used${problems.length > 0 ? `, ${problems.length} doubt(s)` : ''}.`);
  }
}

const read = (file: string): string => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PlatformError('no-file', 'reject', `${file} cannot be read.`, {
      hint: 'Give the path of a file.',
      cause,
    });
  }
};

async function importFiles(where: Where, files: readonly string[], note: string): Promise<void> {
  for (const file of files) {
    const answer = await askOperator(where, { what: 'import-rule', text: read(file), note });
    if ('drafted' in answer) console.log(`${file}: ${answer.drafted.rule}@${answer.drafted.version} is a draft.`);
  }
}

async function exportFiles(where: Where, out: string, every: boolean): Promise<void> {
  const answer = await askOperator(where, { what: 'export-rules', every });
  if (!('texts' in answer)) return;
  fs.mkdirSync(out, { recursive: true });
  for (const { rule, version, text } of answer.texts) {
    const file = path.join(out, every ? `${rule}.${version}.yaml` : `${rule}.yaml`);
    fs.writeFileSync(file, text);
    console.log(file);
  }
}

async function textOf(where: Where, name: string): Promise<string> {
  if (fs.existsSync(name)) return read(name);
  const answer = await askOperator(where, { what: 'get-rule', ...named(name) });
  return 'texts' in answer ? answer.texts[0]!.text : '';
}

async function diff(where: Where, a: string, b: string): Promise<void> {
  const [before, after] = [await textOf(where, a), await textOf(where, b)];
  const changes = changesBetween(before, after);
  for (const change of changes) {
    const values = [change.before, change.after].filter((value) => value !== null).join(' -> ');
    console.log(`${change.what.padEnd(8)} ${change.path}: ${values}`);
  }
  if (changes.length === 0) console.log('They say the same.');
  let last = 0;
  for (const { before: old, after: fresh, text } of linesBetween(before, after)) {
    const at = fresh ?? old!;
    if (at > last + 1) console.log(`@ ${at}`);
    last = at;
    console.log(`${old === null ? '+' : fresh === null ? '-' : ' '} ${text}`);
  }
}

async function move(where: Where, wish: Named & { move: RuleMove; note: string }): Promise<void> {
  const answer = await askOperator(where, { what: 'move-rule', ...wish });
  if (!('moved' in answer)) return;
  const { rule, version, state, reviewedBy } = answer.moved;
  console.log(`${rule}@${version} is ${state}.`);
  if (state === 'live' && reviewedBy === null) console.log('Its words on food and safety are not yet reviewed.');
}

runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      note: { type: 'string', default: '' },
      out: { type: 'string' },
      every: { type: 'boolean', default: false },
      data: { type: 'string' },
      config: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const [command, ...rest] = positionals;
  if (values.help || command === undefined) return console.log(HELP);
  const where: Where = { data: values.data, config: values.config };
  const { note } = values;
  if (command === 'list') return list(where);
  if (command === 'check') return check([needed(rest[0], 'FILE'), ...rest.slice(1)]);
  if (command === 'import') return importFiles(where, [needed(rest[0], 'FILE'), ...rest.slice(1)], note);
  if (command === 'export') return exportFiles(where, needed(values.out, '--out'), values.every);
  if (command === 'diff') return diff(where, needed(rest[0], 'A'), needed(rest[1], 'B'));
  if (Object.hasOwn(MOVES, command)) return move(where, { ...named(rest[0]), move: MOVES[command]!, note });
  throw new PlatformError('bad-arguments', 'reject', `There is no command "${command}".`, { hint: 'See --help.' });
});
