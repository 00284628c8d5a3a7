import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Id, newId } from '#contracts';
import { type Door, MODEL, openDoor } from './door.ts';

const ACCEPTED = 0;
const WRONG_IDENTIFIER = 2;
const UNAVAILABLE = 3;
const WRONG_CREDENTIALS = 4;

describe('CONNECT', () => {
  let door: Door;
  let fridge: { id: Id; secret: string };
  beforeEach(async () => {
    door = await openDoor();
    fridge = door.appliance();
  });
  afterEach(() => door[Symbol.asyncDispose]());

  it('with the right secret lets the appliance in', async () => {
    await using client = await door.open();
    expect(await client.connect(fridge.id, fridge.secret)).toBe(ACCEPTED);
    expect(await client.sofar()).toEqual([]);
  });

  it.each<[string, () => [id: string, secret: string | undefined, userName?: string], number]>([
    ['a wrong secret', () => [fridge.id, `${fridge.secret}x`], WRONG_CREDENTIALS],
    ['the secret of another appliance', () => [fridge.id, door.appliance().secret], WRONG_CREDENTIALS],
    ['an empty secret', () => [fridge.id, ''], WRONG_CREDENTIALS],
    ['no secret', () => [fridge.id, undefined], WRONG_CREDENTIALS],
    ['an appliance that nobody knows', () => [newId(), fridge.secret], WRONG_CREDENTIALS],
    ['an id that is none', () => ['__proto__', fridge.secret], WRONG_CREDENTIALS],
    ['a client id that is not the user name', () => [newId(), fridge.secret, fridge.id], WRONG_IDENTIFIER],
    ['an id in capitals', () => [fridge.id.toUpperCase(), fridge.secret], WRONG_IDENTIFIER],
    ['no client id', () => ['', fridge.secret, fridge.id], WRONG_IDENTIFIER],
  ])('with %s is refused, and the connection ends', async (_, knock, code) => {
    await using client = await door.open();
    const [id, secret, userName] = knock();
    expect(await client.connect(id, secret, userName === undefined ? {} : { userName })).toBe(code);
    await client.closed;
    expect((await door.everything()).map(({ kind }) => kind)).toEqual(['started', 'tick']);
  });

  it('of a stranger does not end the connection of the appliance he names', async () => {
    await using client = await door.connect(fridge);
    await using stranger = await door.open();
    expect(await stranger.connect(fridge.id, 'a guess')).toBe(WRONG_CREDENTIALS);
    expect(await client.sofar()).toEqual([]);
  });

  it('a second time on one connection ends it', async () => {
    await using client = await door.connect(fridge);
    client.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: fridge.id,
      keepalive: 0,
    });
    await client.closed;
  });

  it('must come first', async () => {
    await using client = await door.open();
    client.publish(`v1/appliances/${fridge.id}/telemetry`, '{}');
    await client.closed;
    expect(await door.records(fridge.id)).toEqual([]);
  });

  it('of an MQTT 5 client is refused with the code for a wrong protocol version', async () => {
    await using client = await door.open();
    client.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 5,
      clean: true,
      clientId: fridge.id,
      keepalive: 0,
    });
    expect((await client.next('connack')).returnCode).toBe(1);
    await client.closed;
  });
});

describe('while the registry is away', () => {
  it('appliances are asked to come back, and let in when they do', async () => {
    let away = true;
    await using door = await openDoor({
      authenticate: async () => {
        if (away) throw new Error('the database does not answer');
        return { model: MODEL };
      },
    });
    const id = newId();
    await using early = await door.open();
    expect(await early.connect(id, 'secret')).toBe(UNAVAILABLE);
    expect(door.warnings).toContain('cannot check credentials; appliances are asked to come back');
    away = false;
    await using later = await door.open();
    expect(await later.connect(id, 'secret')).toBe(ACCEPTED);
  });
});
