// What the pages of the repository say about commands, links and settings is true.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeSettings } from '../../main/config.ts';
import { ROOT } from './sources.ts';

const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && fs.existsSync(path.join(ROOT, file)));
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** Names of npm scripts in a text: `npm run x`, `npm test`, `npm start`. */
const scriptsIn = (text: string): string[] => [
  ...[...text.matchAll(/\bnpm run ([a-z][a-z0-9:-]*)/g)].map((match) => match[1]!),
  ...[...text.matchAll(/\bnpm (test|start)\b/g)].map((match) => match[1]!),
];

describe('the repository', () => {
  it('was found', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files).toContain('package.json');
  });
});

describe('the pages for people', () => {
  const pages = files.filter((file) => file.endsWith('.md'));
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

  it('name only commands that exist', () => {
    const unknown = pages.flatMap((page) =>
      scriptsIn(read(page))
        .filter((script) => scripts[script] === undefined)
        .map((script) => `${page}: npm run ${script}`),
    );
    expect(unknown).toEqual([]);
  });

  it('would be caught naming one that does not', () => {
    expect(scriptsIn('first `npm run nothing:here`, then npm test')).toEqual(['nothing:here', 'test']);
  });

  it.skipIf(!pages.includes('README.md'))('list every setting in README.md as the platform describes it', () => {
    const readme = read('README.md');
    expect(readme, 'README.md has no line <!-- settings --> before its table of settings').toContain(
      '<!-- settings -->',
    );
    const after = readme.slice(readme.indexOf('<!-- settings -->')).split('\n').slice(1);
    const start = after.findIndex((line) => line.startsWith('|'));
    const length = after.slice(start).findIndex((line) => !line.startsWith('|'));
    expect(after.slice(start, length < 0 ? undefined : start + length).join('\n')).toBe(settingsTable());
  });
});

/** The table as README.md must hold it, below the line <!-- settings -->. */
function settingsTable(): string {
  const rows = describeSettings().map(
    ({ name, fallback, what }) => `| \`${name}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${what} |`,
  );
  return ['| setting | default | what it is |', '|---|---|---|', ...rows].join('\n');
}
