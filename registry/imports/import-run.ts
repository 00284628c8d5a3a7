// One import: read, checked, and written in one transaction, or not at all.
import type { Id, ImportError, ImportResult } from '#contracts';
import { PlatformError } from '#runtime';
import type { ImportFile, ImportLine } from './import-lines.ts';

const ERRORS_SHOWN = 1_000;

/** `check`: only says what would happen. `skipErrors`: writes the good lines although others are wrong. */
export type ImportWish = { check: boolean; skipErrors: boolean };
/** `good` are lines without an error. */
export type Checked<Line> = { good: readonly Line[]; errors: readonly ImportError[] };

export async function runImport<Line extends ImportLine & { id: Id }>(
  { lines, errors: unreadable }: ImportFile,
  wish: ImportWish,
  steps: {
    lines(line: ImportLine): Line;
    check(lines: readonly Line[]): Promise<Checked<Line>>;
    write(good: readonly Line[]): Promise<void>;
  },
): Promise<ImportResult> {
  const { good, errors } = await steps.check(lines.map(steps.lines));
  const all = [...unreadable, ...errors].sort((a, b) => a.line - b.line);
  const written = !wish.check && good.length > 0 && (all.length === 0 || wish.skipErrors);
  if (written) await steps.write(good);
  return {
    written,
    lines: new Set([...lines.map(({ line }) => line), ...all.map(({ line }) => line)]).size,
    made: written ? good.map(({ line, id }) => ({ line, id })) : [],
    errors: all.slice(0, ERRORS_SHOWN),
    moreErrors: Math.max(0, all.length - ERRORS_SHOWN),
  };
}

/** Somebody else wrote the same thing between the check and now. */
export const meanwhile = (): PlatformError =>
  new PlatformError(
    'changed-while-importing',
    'retry',
    'Somebody made one of these at the same moment; nothing was written.',
    {
      hint: 'Send the file again: it names the line then.',
    },
  );
