// `npm start`, as a process of its own.
import * as fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runFileOf } from '../../main/admin-door.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { Child, run } from './child.ts';
import { freeEnvironment } from './data-folder.ts';

describe('npm start', () => {
  let folder: Disposable & { path: string };
  beforeEach(async () => {
    folder = await databaseDir();
  });
  afterEach(() => folder[Symbol.dispose]());

  it('on a folder says where to look, gives it to no second process, and ends with Ctrl-C', async () => {
    const environment = await freeEnvironment();
    const args = ['main/start.ts', '--data', folder.path];
    await using platform = new Child(args, environment);
    const said = await platform.says('Ctrl-C stops');
    expect(said).toContain(`mqtt://127.0.0.1:${environment.MQTT_PORT}`);
    const link = /http\S+\/setup\?token=\S+/.exec(said)?.[0];
    expect(link).toContain(`http://127.0.0.1:${environment.HTTP_PORT}/`);
    const page = await fetch(link!);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<html');

    const second = await run(args, await freeEnvironment());
    expect(second.code).toBe(1);
    expect(second.err).toContain(`Another Stethos is running on the data folder ${folder.path}.`);
    expect(second.err).toContain('--data DIR');

    expect(await platform.kill('SIGINT')).toMatchObject({ code: 0, signal: null });
    expect(fs.existsSync(runFileOf(folder.path))).toBe(false);
  });

  it('with a configuration that has mistakes lists them all and ends', async () => {
    const { code, err } = await run(['main/start.ts'], { HTTP_PORT: 'x', REDIS_URL: 'x', HOST: '0.0.0.0' });
    expect(code).toBe(1);
    for (const name of ['HTTP_PORT', 'REDIS_URL', 'HOST']) expect(err).toContain(`  - ${name}: `);
  });

  it('with a word that it does not know says where the words are listed', async () => {
    const { code, err } = await run(['main/start.ts', '--dat', 'x']);
    expect(code).toBe(1);
    expect(err).toContain('npm start -- --help');
  });

  it('helps', async () => {
    const { code, out } = await run(['main/start.ts', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('npm start -- --data DIR');
    expect(out).toContain('MAX_PACKET_BYTES');
  });
});
