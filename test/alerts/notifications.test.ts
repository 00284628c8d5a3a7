import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alertById, listAlerts, sweepAlerts, sweepNotifications } from '#alerts';
import { newId, type OutgoingMessage } from '#contracts';
import { openMailSender, startMailSink } from '#engines/smtp';
import { removeMember } from '#registry';
import { HOUR, MINUTE, put } from '#runtime';
import { freePort } from '../servers/process.ts';
import { DOOR, diagnosisSays, givenHome, givenPerson, type Home, openWorld, START, type World } from './world.ts';

let world: World;
let home: Home;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.reset();
  home = await givenHome(world);
});
afterAll(() => world[Symbol.asyncDispose]());

const FROM = 'Stethos <service@stethos.example.org>';

const notifications = async () => {
  const { items } = await listAlerts(world.sql, world.everything, { state: 'all', cursor: null, limit: 1 });
  return (await alertById(world.sql, items[0]!.id))!.notifications;
};

const givenAlert = async () => {
  await diagnosisSays(world, 'opened', { appliance: home.appliance, causes: [DOOR], severity: 'notice' });
  await sweepAlerts(world.alerts, world.now());
};

/** A real mail server that does as it is told; its sender is closed with it. */
async function givenMailServer(options: SMTPServerOptions) {
  const server = new SMTPServer({ disabledCommands: ['AUTH', 'STARTTLS'], disableReverseLookup: true, ...options });
  server.on('error', () => {});
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const sender = openMailSender({
    smtpUrl: `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    from: FROM,
  });
  return {
    sender,
    async [Symbol.asyncDispose]() {
      await sender[Symbol.asyncDispose]();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

describe('without a mail server', () => {
  it('a message shows as not sent, and why', async () => {
    await givenAlert();
    await sweepNotifications({ ...world.alerts, mail: null }, world.now());
    expect(await notifications()).toMatchObject([
      { kind: 'opened', channel: 'mail', to: 'Anna', state: 'not-sent', reason: 'no mail server' },
    ]);
  });
});

describe('a mail server that is away', () => {
  it('is tried again, and the message arrives once it is back', async () => {
    const port = await freePort();
    await using mail = openMailSender({ smtpUrl: `smtp://127.0.0.1:${port}`, from: FROM });
    await givenAlert();
    await sweepNotifications({ ...world.alerts, mail }, world.now());
    expect(await notifications()).toMatchObject([{ state: 'waiting', reason: expect.stringContaining('not sent') }]);

    await using sink = await startMailSink({ host: '127.0.0.1', port, clock: world.clock });
    world.at(5);
    await sweepNotifications({ ...world.alerts, mail }, world.now());
    await sweepNotifications({ ...world.alerts, mail }, world.now());
    expect(sink.mails()).toHaveLength(1);
    expect(await notifications()).toMatchObject([{ state: 'sent', reason: null }]);
  });

  it('is given up on after a day', async () => {
    await using mail = openMailSender({ smtpUrl: `smtp://127.0.0.1:${await freePort()}`, from: FROM });
    await givenAlert();
    for (let minute = 0; minute <= 25 * 60; minute += 30) {
      world.at(minute);
      await sweepNotifications({ ...world.alerts, mail }, world.now());
    }
    const [row] = await notifications();
    expect(row).toMatchObject({ state: 'not-sent', reason: expect.stringContaining('gave up after a day') });
    expect(Date.parse(row!.at) - START).toBeGreaterThan(23 * HOUR);
    expect(Date.parse(row!.at) - START).toBeLessThanOrEqual(24 * HOUR);
  });

  it('does not deliver an alarm after the all-clear', async () => {
    await using mail = openMailSender({ smtpUrl: `smtp://127.0.0.1:${await freePort()}`, from: FROM });
    await givenAlert();
    await sweepNotifications({ ...world.alerts, mail }, world.now());
    await diagnosisSays(world, 'closed', { appliance: home.appliance, causes: [DOOR] });
    await world.sweepAt(60);
    expect(world.newMails()).toEqual([]);
    expect(await notifications()).toMatchObject([{ state: 'not-sent', reason: 'over before it was sent' }]);
  });
});

it('a mail that waits is not sent to who was put out of the household meanwhile', async () => {
  const { household, owner } = home;
  const guest = await givenPerson(world, 'owner', { name: 'Guest', household });
  await givenAlert();
  await removeMember(world.sql, { household, person: guest.id, now: world.now(), by: `person:${owner.id}` });
  await world.sweep();
  expect(world.newMails().map(({ to }) => to)).toEqual([expect.stringContaining(owner.email)]);
  expect(await notifications()).toEqual(
    expect.arrayContaining([expect.objectContaining({ to: 'Guest', state: 'not-sent' })]),
  );
});

it('a mail that the server refuses for good is not tried again', async () => {
  await using server = await givenMailServer({
    onRcptTo: (_address, _session, done) => done(Object.assign(new Error('no such mailbox'), { responseCode: 550 })),
  });
  await givenAlert();
  await sweepNotifications({ ...world.alerts, mail: server.sender }, world.now());
  expect(await notifications()).toMatchObject([{ state: 'not-sent', reason: expect.stringContaining('refuse') }]);
});

it('a mail whose sender died is sent again by another, later, under the same Message-ID', async () => {
  const ids: string[] = [];
  let letGo = () => {};
  const heard = Promise.withResolvers<void>();
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await using server = await givenMailServer({
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => {
        ids.push(/^Message-ID: (.*)$/im.exec(text)![1]!.trim());
        if (ids.length > 1) return done();
        heard.resolve();
        void held.then(() => done());
      });
    },
  });
  await givenAlert();
  const deps = { ...world.alerts, mail: server.sender };
  const hanging = sweepNotifications(deps, world.now());
  await heard.promise;
  expect(await sweepNotifications(deps, world.now() + MINUTE)).toBe(0);
  expect(ids).toHaveLength(1);
  expect(await sweepNotifications(deps, world.now() + 10 * MINUTE)).toBe(1);
  letGo();
  await hanging;
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]).toMatch(/^<[0-9a-f-]{36}@stethos\.example\.org>$/);
});

describe('messages of other stages', () => {
  const message = (lines: string): OutgoingMessage => ({
    person: home.owner.id,
    kind: 'visit-arranging',
    subject: { en: 'A visit', zh: '上门' },
    lines: [{ en: lines, zh: lines }],
    path: '/cases/1',
    alert: null,
  });
  const leave = (body: OutgoingMessage, id = newId()) =>
    world.sql.transaction((tx) => put(tx, 'message', { id, key: body.person, body }));

  it('are rendered for their person and sent once', async () => {
    const id = newId();
    await leave(message('Soon.'), id);
    await Promise.all([sweepNotifications(world.alerts, START), sweepNotifications(world.alerts, START)]);
    await leave(message('Soon.'), id);
    await sweepNotifications(world.alerts, START);
    const mails = world.newMails();
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({
      subject: 'A visit',
      text: expect.stringContaining('https://stethos.example.org/cases/1'),
    });
  });

  it('of the same kind about the same page do not pile up while the mail server is away', async () => {
    await using mail = openMailSender({ smtpUrl: `smtp://127.0.0.1:${await freePort()}`, from: FROM });
    for (const line of ['first', 'second', 'third']) {
      await leave(message(line));
      await sweepNotifications({ ...world.alerts, mail }, world.now());
    }
    world.at(60);
    await sweepNotifications(world.alerts, world.now());
    expect(world.newMails().map((one) => one.text)).toEqual([expect.stringContaining('third')]);
  });
});
