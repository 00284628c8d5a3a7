import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startApi } from '#api';
import { openPlatform, PASSWORD } from '../api/platform.ts';
import { findTool } from '../servers/process.ts';

const run = promisify(execFile);
const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const curl = findTool('curl');

/** Each example with what it must print; null when the page does not say. */
const examples = [...text.matchAll(/```sh\n(.*?)```\n(?:\n```text\n(.*?)```)?/gs)].map(([, script, printed]) => ({
  script: script!,
  printed: printed ?? null,
}));
const MARK = '---- next example ----';

describe.skipIf(!curl)('docs/api.md', () => {
  it('prints what it says, from its first example to its last', async () => {
    await using platform = await openPlatform();
    await using api = await startApi(platform.deps);
    const home = await platform.household('Home');
    const { person } = await platform.account('owner', home.id);
    const folder = mkdtempSync(join(tmpdir(), 'stethos-docs-'));
    const script = ['set -eu', ...examples.map((example) => example.script)].join(`\necho '${MARK}'\n`);
    const env = { PATH: process.env.PATH, URL: api.url, EMAIL: person.email, PASSWORD };
    const { stdout } = await run('sh', ['-c', script], { cwd: folder, env });
    rmSync(folder, { recursive: true, force: true });
    const printed = stdout.split(`${MARK}\n`).slice(1);
    expect(examples.length).toBeGreaterThan(6);
    expect(printed.length).toBe(examples.length);
    for (const [index, example] of examples.entries()) {
      if (example.printed !== null) expect(printed[index]!.trimEnd()).toBe(example.printed.trimEnd());
    }
  });

  it('names routes that exist', async () => {
    await using platform = await openPlatform();
    const { paths } = platform.app.swagger() as { paths: Record<string, unknown> };
    for (const [, route] of text.matchAll(/^\| `(\/\w+)` \|/gm)) {
      expect([route, `/api/v1${route}` in paths || route! in paths]).toEqual([route, true]);
    }
  });
});
