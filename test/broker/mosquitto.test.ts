// Debian's mosquitto-clients, as a device developer uses them.
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Id, type Notice, noticesTopic, upTopic } from '#contracts';
import { findTool } from '../servers/process.ts';
import { bodies, type Door, openDoor } from './door.ts';

const mosquittoPub = findTool('mosquitto_pub');
const mosquittoSub = findTool('mosquitto_sub');
const present = mosquittoPub !== null && mosquittoSub !== null;

function run(program: string, args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

describe.skipIf(!present)('mosquitto', () => {
  let door: Door;
  let fridge: { id: Id; secret: string };
  beforeEach(async () => {
    door = await openDoor();
    fridge = door.appliance();
  });
  afterEach(() => door[Symbol.asyncDispose]());

  const as = (id: Id, secret: string): string[] => [
    '-h',
    '127.0.0.1',
    '-p',
    String(door.port),
    '-i',
    id,
    '-u',
    id,
    '-P',
    secret,
  ];
  const publish = (topic: string, message: string, ...more: string[]) =>
    run(mosquittoPub!, [...as(fridge.id, fridge.secret), '-t', topic, '-m', message, ...more]);

  it.each(['0', '1', '2'])('publishes with QoS %s', async (qos) => {
    const said = `{"readings":[{"values":{"cabinet_temperature":4.${qos}}}]}`;
    expect(await publish(upTopic(fridge.id, 'telemetry'), said, '-q', qos)).toEqual({ code: 0, out: '', err: '' });
    expect(bodies(await door.recorded(fridge.id, 'message'))).toEqual([said]);
  });

  it('is told when the secret is wrong', async () => {
    const { code, err } = await run(mosquittoPub!, [...as(fridge.id, 'wrong'), '-t', 'x', '-m', 'x', '-q', '1']);
    expect(code).not.toBe(0);
    expect(err).toContain('bad user name or password');
  });

  it('hears with mosquitto_sub, at its next try, why a topic was refused', async () => {
    await publish('home/fridge', 'x', '-q', '0');
    await door.recorded(fridge.id, 'disconnected');
    const { out } = await run(mosquittoSub!, [
      ...as(fridge.id, fridge.secret),
      '-t',
      noticesTopic(fridge.id),
      '-C',
      '1',
      '-q',
      '1',
    ]);
    const notice = JSON.parse(out) as Notice;
    expect(notice.reason).toContain('home/fridge');
  });

  it('may not subscribe to the notices of another appliance', async () => {
    const { err } = await run(mosquittoSub!, [
      ...as(fridge.id, fridge.secret),
      '-t',
      noticesTopic(door.appliance().id),
      '-C',
      '1',
    ]);
    expect(err).toContain('All subscription requests were denied');
  });
});
