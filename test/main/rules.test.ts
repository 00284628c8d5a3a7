// Rules as versions on a whole platform, and as files at the command line.
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { upTopic } from '#contracts';
import { listRuleVersions, ruleFiles } from '#diagnosis-rules';
import { type Platform, startPlatform } from '#main';
import { createAppliance } from '#registry';
import { MINUTE, manualClock } from '#runtime';
import { openAdminDoor } from '../../main/admin-door.ts';
import { operator } from '../../main/operate/operate.ts';
import { ruleText } from '../diagnosis-rules/rule-text.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { freeSettings } from './data-folder.ts';

const NOW = Date.UTC(2026, 2, 2, 9);
let folder: Disposable & { path: string };
beforeEach(async () => {
  folder = await databaseDir();
});
afterEach(() => folder[Symbol.dispose]());

const cli = (...words: string[]): Promise<{ code: number; text: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['main/operate/rules-cli.ts', ...words, '--data', folder.path], (error, out, err) =>
      resolve({ code: error ? 1 : 0, text: out + err }),
    );
  });

/** What the live version finds is an alert; another version takes over what is open. Version 1 is live: above 8. */
async function changesOver(platform: Platform, clock: ReturnType<typeof manualClock>): Promise<void> {
  const { sql, pepper, mqtt } = platform;
  const settled = async () => {
    // What a sweep appends is taken the next time.
    await platform.settle();
    await platform.tick();
    await platform.settle();
  };
  const fridge = { model: 'stethos-reference-fridge', name: 'Fridge', now: NOW, pepper };
  const { id, secret } = await createAppliance(sql, fridge);
  const url = `mqtt://127.0.0.1:${mqtt.port}`;
  const client = await connectAsync(url, { clientId: id, username: id, password: secret });
  const warm = async (seq: number) => {
    clock.set(clock.clock.now() + MINUTE);
    const at = clock.clock.now();
    const payload = JSON.stringify({ seq, readings: [{ at, values: { cabinet_temperature: 8.5 } }] });
    await client.publishAsync(upTopic(id, 'telemetry'), payload, { qos: 1 });
    await settled();
  };
  const found = async () =>
    (
      await sql.query<{ state: string; version: number }>(
        "select state, (body->'rule'->>'version')::int as version from app.finding where problem = 'test-warm'",
      )
    )[0];
  await warm(1);
  await warm(2);
  expect(await found()).toEqual({ state: 'open', version: 1 });
  expect((await cli('publish', 'test-warm@3')).text).toContain('is live');
  await settled();
  await warm(3);
  expect(await found()).toEqual({ state: 'open', version: 3 });
  expect((await cli('retire', 'test-warm@3')).text).toContain('is retired');
  await settled();
  expect(await found()).toMatchObject({ state: 'closed' });
  await client.endAsync();
}

const refuse = async (): Promise<never> => {
  throw new Error('not asked here');
};

it('what ships is live at the first start; a file is checked, drafted, tried, published and rolled back while the platform runs', async () => {
  const clock = manualClock(NOW);
  const inFolder = (name: string) => path.join(folder.path, name);
  {
    await using stack = new AsyncDisposableStack();
    const settings = await freeSettings();
    const platform = stack.use(
      await startPlatform({ settings, folder: folder.path, clock: clock.spec, terminalToo: false }),
    );
    const operate = operator({ ...platform, count: platform.countReadings, now: () => clock.clock.now() });
    stack.use(await openAdminDoor(folder.path, { add: refuse, backup: refuse, operate }));
    const { sql } = platform;
    const shipped = await listRuleVersions(sql);
    expect(shipped.map(({ state }) => state)).toEqual(ruleFiles().map(() => 'live'));
    const heard = () => sql.query<{ rule: string }>('select rule from app.rule_publication where heard = changes');
    expect(await heard()).toHaveLength(shipped.length);

    fs.writeFileSync(inFolder('one.yaml'), ruleText());
    fs.writeFileSync(inFolder('two.yaml'), ruleText({ version: 2, above: 9 }));
    fs.writeFileSync(inFolder('three.yaml'), ruleText({ version: 3, above: 8.2 }));
    fs.writeFileSync(inFolder('bad.yaml'), ruleText().replace('prior: 0.6', 'prior: often'));
    expect(await cli('check', inFolder('one.yaml'))).toMatchObject({ code: 0 });
    const bad = await cli('check', inFolder('bad.yaml'));
    expect(bad.code).toBe(1);
    expect(bad.text).toMatch(/bad\.yaml: line \d+, causes\.door-left-open\.prior: mistake: .*Give a number/);
    expect((await cli('import', inFolder('bad.yaml'))).text).toMatch(/line \d+, causes\.door-left-open\.prior/);
    expect((await cli('import', inFolder('one.yaml'), inFolder('two.yaml'), '--note', 'colder')).text).toContain(
      'test-warm@2 is a draft',
    );
    expect((await cli('import', inFolder('three.yaml'))).code).toBe(0);
    expect((await cli('publish', 'test-warm@1')).text).toContain('not yet reviewed');
    expect((await cli('try', 'test-warm@2')).text).toContain('test-warm@2 is trial');
    expect((await cli('publish', 'test-warm@2')).text).toContain('test-warm@2 is live');
    expect((await cli('rollback', 'test-warm@1')).text).toContain('test-warm@1 is live');
    expect(await cli('publish', 'test-warm@1')).toMatchObject({ code: 1 });
    expect((await cli('diff', 'test-warm@1', inFolder('two.yaml'))).text).toContain(
      'changed  symptoms.warm.when.above: 8 -> 9',
    );
    expect((await cli('list')).text).toMatch(
      /test-warm .*\n +3 {2}draft .*\n +2 {2}retired +imported .*colder\n +1 {2}live/,
    );
    await platform.settle();
    expect(await heard()).toHaveLength(shipped.length + 1);
    await changesOver(platform, clock);
    const audit = await sql.query<{ action: string }>(
      "select action from app.audit where kind = 'rule' order by position",
    );
    expect(audit.map(({ action }) => action)).toEqual([
      'rule.imported',
      'rule.imported',
      'rule.imported',
      'rule.published',
      'rule.tried',
      'rule.published',
      'rule.rolled-back',
      'rule.published',
      'rule.retired',
    ]);
  }
  // The platform is stopped: the same command works on its folder.
  expect((await cli('export', '--out', inFolder('out'))).code).toBe(0);
  expect(fs.readdirSync(inFolder('out'))).toHaveLength(ruleFiles().length);
  expect((await cli('export', '--every', '--out', inFolder('every'))).code).toBe(0);
  expect(fs.readFileSync(inFolder('every/test-warm.1.yaml'), 'utf8')).toBe(ruleText());
  expect(fs.readdirSync(inFolder('every'))).toHaveLength(ruleFiles().length + 3);
});
