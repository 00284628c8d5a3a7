// `npm run quarantine`: what was not accepted, why, and trying it again.
import { parseArgs } from 'node:util';
import type { Rejected, Replay } from '#ingest';
import { PlatformError } from '#runtime';
import { needed, runCommand } from '../backup/command-line.ts';
import { askOperator, type Where } from './ask-operator.ts';
import type { OperatorWish } from './operate.ts';

const HELP = `Usage
  npm run quarantine -- list [options]          messages that were not accepted, newest first
  npm run quarantine -- show ID                 one of them, with what the appliance sent
  npm run quarantine -- replay [options]        try them again: appended to the log as they came, judged anew
  npm run quarantine -- replays                 how far replays have come

Options
  --id ID            this one; may be given several times
  --appliance ID     those of this appliance
  --reason TEXT      those whose reason holds this text
  --from TIME        received at or after, ISO 8601, e.g. 2026-03-02T09:00:00Z
  --to TIME          received before
  --all              replay everything that was not accepted
  --limit N          list so many; default 50
  --data DIR         data folder of the platform; default: the demo's
  --config FILE      the settings the platform runs with (or the environment)`;

const time = (text: string | undefined, option: string): number | undefined => {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new PlatformError('bad-arguments', 'reject', `${option} is no time: "${text}".`, {
    hint: 'Give it like 2026-03-02T09:00:00Z.',
  });
};
const iso = (at: number): string => new Date(at).toISOString();

const rejectedLine = ({ id, receivedAt, appliance, state, channel, reason }: Rejected): string =>
  `${id}  ${iso(receivedAt)}  ${appliance}  ${state}  ${channel}\n    ${reason}`;

const replayLine = (replay: Replay): string => {
  const { id, askedAt, askedBy, total, ...counts } = replay;
  const states = (['waiting', 'replayed', 'accepted', 'refused', 'unreadable', 'gone'] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${state}`);
  return `${id}  ${iso(askedAt)}  by ${askedBy}: ${total} message(s)${states.length > 0 ? `, ${states.join(', ')}` : ''}`;
};

type Values = {
  id?: string[] | undefined;
  appliance?: string | undefined;
  reason?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  all?: boolean | undefined;
  limit: string;
};

function wishOf(command: string | undefined, id: string | undefined, values: Values): OperatorWish {
  const { appliance, reason } = values;
  const selection = {
    ids: values.id,
    appliance,
    reason,
    from: time(values.from, '--from'),
    to: time(values.to, '--to'),
  };
  switch (command) {
    case 'list':
      return { what: 'list-rejected', ...selection, limit: Number(values.limit) };
    case 'show':
      return { what: 'show-rejected', id: needed(id, 'ID') };
    case 'replays':
      return { what: 'list-replays' };
    case 'replay':
      if (values.all || Object.values(selection).some((value) => value !== undefined))
        return { what: 'replay', ...selection };
      throw new PlatformError('bad-arguments', 'reject', 'Say which messages.', { hint: 'Or --all. See --help.' });
    default:
      throw new PlatformError('bad-arguments', 'reject', `There is no command "${command ?? ''}".`, {
        hint: 'See --help.',
      });
  }
}

function print(answer: Awaited<ReturnType<typeof askOperator>>): void {
  if ('rejected' in answer) {
    console.log(answer.rejected.length > 0 ? answer.rejected.map(rejectedLine).join('\n') : 'Nothing was rejected.');
  } else if ('message' in answer) {
    console.log(rejectedLine(answer.message));
    console.log(`    model ${answer.message.model ?? 'not known'}\n`);
    console.log(answer.payload ?? 'Whose it was is erased: nobody can read it any more.');
  } else if ('replay' in answer) {
    console.log(replayLine(answer.replay));
    if (answer.replay.total === 0) console.log('None of what fits is left to be tried again.');
    else console.log('See how far it comes: npm run quarantine -- replays');
  } else if ('replays' in answer) {
    console.log(answer.replays.length > 0 ? answer.replays.map(replayLine).join('\n') : 'Nothing was replayed yet.');
  }
}

runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      id: { type: 'string', multiple: true },
      appliance: { type: 'string' },
      reason: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      all: { type: 'boolean' },
      limit: { type: 'string', default: '50' },
      data: { type: 'string' },
      config: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help || positionals.length === 0) return console.log(HELP);
  const where: Where = { data: values.data, config: values.config };
  print(await askOperator(where, wishOf(positionals[0], positionals[1], values)));
});
