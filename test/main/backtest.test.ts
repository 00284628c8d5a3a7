// A backtest on a whole platform that is killed in the middle of it, followed at the command line.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Moment } from '#contracts';
import { openDuckdbReadings } from '#engines/duckdb';
import { createAppliance, createHousehold } from '#registry';
import { DAY, HOUR, MINUTE, migrate, type Sql } from '#runtime';
import { openSql } from '../../main/backup/open-sql.ts';
import { readPepper } from '../../main/secrets.ts';
import { allTables } from '../../main/tables.ts';
import { ruleText } from '../diagnosis-rules/rule-text.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { Child, run } from './child.ts';
import { freeEnvironment, freeSettings } from './data-folder.ts';

const APPLIANCES = 8;
/** The platform's own log begins at its first partition. */
const OF_ANOTHER_LOG = 99;
const TO = Math.floor(Date.now() / DAY) * DAY - DAY;
const FROM = TO - 12 * DAY;

let folder: Disposable & { path: string };
beforeEach(async () => {
  folder = await databaseDir();
});
afterEach(() => folder[Symbol.dispose]());
const inFolder = (name: string): string => path.join(folder.path, name);
const backtest = (...words: string[]) => ['main/operate/backtest-cli.ts', ...words, '--data', folder.path];

/** Each is warm for an hour on two days of its own, one of them hardly. */
async function fill(sql: Sql): Promise<void> {
  const pepper = readPepper(folder.path, undefined);
  const { id: household } = await createHousehold(sql, { name: 'Home', region: 'north', address: '1', now: FROM });
  await using store = await openDuckdbReadings({ file: inFolder('readings.duckdb') });
  let position = 0;
  for (let n = 0; n < APPLIANCES; n++) {
    const fields = { model: 'stethos-reference-fridge', name: 'Fridge', household, now: FROM, pepper };
    const { id: appliance } = await createAppliance(sql, fields);
    const hour = (day: number, at: number): boolean => at >= FROM + day * DAY && at < FROM + day * DAY + HOUR;
    const moments: Moment[] = [];
    for (let at = FROM; at < TO; at += MINUTE) {
      const value = hour(n, at) ? 12 : hour(n + 2, at) ? 8.5 : 4;
      const readings = [{ signal: 'cabinet_temperature', value, mapped: true }];
      moments.push({ appliance, kind: 'refrigerator', at, position: position++, readings });
    }
    await store.write(moments, position, OF_ANOTHER_LOG);
  }
}

it('goes on after a kill -9 behind the last appliance that was done, and ends as if nothing had been', async () => {
  {
    await using stack = new AsyncDisposableStack();
    const sql = await openSql(folder.path, await freeSettings(), stack);
    await migrate(sql, allTables);
    await fill(sql);
  }
  fs.writeFileSync(inFolder('a.yaml'), ruleText());
  fs.writeFileSync(inFolder('b.yaml'), ruleText({ version: 2, above: 9 }));
  const wish = ['--rule', inFolder('a.yaml'), '--against', inFolder('b.yaml')];
  const span = ['--from', new Date(FROM).toISOString(), '--to', new Date(TO).toISOString(), '--warm-up', '0'];
  expect((await run(backtest(...wish, ...span))).err).toContain('No platform runs');

  const environment = await freeEnvironment();
  const start = () => new Child(['main/start.ts', '--data', folder.path], environment);
  let id: string | undefined;
  {
    await using platform = start();
    await platform.says('Ctrl-C stops');
    await using cli = new Child(backtest(...wish, ...span));
    const said = await cli.says('running: ');
    id = /Backtest (\S+): 8 appliance/.exec(said)?.[1];
    await platform.kill('SIGKILL');
    expect((await cli.ended).code).toBe(1);
  }
  await using platform = start();
  await platform.says('Ctrl-C stops');
  const followed = await run(backtest('--follow', id!, '--out', inFolder('killed.csv')));
  expect([followed.err, followed.code]).toEqual(['', 0]);
  expect(followed.out).toContain('done: 8 of 8 appliance(s), 96 appliance-days');
  expect(followed.out).toContain('A test-warm@1: 16 finding(s) on 8 appliance(s) in 1 home(s), 0 visit(s)');
  expect(followed.out).toContain('both: 8 (B earlier: 0, later: 0');
  expect(followed.out).toContain('only A: 8');
  const whole = await run(backtest(...wish, ...span, '--out', inFolder('whole.csv')));
  expect(whole.out).toMatch(/\d+ appliance-days a second/);
  const table = fs.readFileSync(inFolder('whole.csv'), 'utf8');
  expect(table.trimEnd().split('\r\n')).toHaveLength(1 + 16);
  expect(fs.readFileSync(inFolder('killed.csv'), 'utf8')).toBe(table);
  expect(await platform.kill('SIGINT')).toMatchObject({ code: 0, signal: null });
});
