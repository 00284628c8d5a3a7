// Webhooks: told to whom the policy allows, signed, in order, again until it arrives, and never where it should not go.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWebhooks, type WebhookSender, type Webhooks } from '#api';
import { CreatedWebhook, type Id, newId, type Webhook, WebhookDelivery, type WebhookEvent } from '#contracts';
import { openWebhookSender } from '#engines/webhook';
import { deleteKey, listAudit, openSealed } from '#registry';
import { announce, CHANGES } from '#runtime';
import { pgliteDatabase, postgresDatabase } from '../engines/databases.ts';
import { enginesAvailable } from '../servers/engines-available.ts';
import { type Account, coolingFails, MINUTE, NOW, openPlatform, type Platform } from './platform.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EVENTS: WebhookEvent[] = ['alert.opened', 'alert.changed', 'alert.closed'];

type Got = { path: string; headers: IncomingHttpHeaders; body: string; message: Message };
type Message = { type: string; timestamp: string; data: { id?: Id; [key: string]: unknown } };

/** A server of somebody else, which answers what it is told to. */
async function openReceiver() {
  const got: Got[] = [];
  const answers = new Map<string, number>();
  const held = new Map<string, () => void>();
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString();
    const path = request.url!;
    got.push({ path, headers: request.headers, body, message: JSON.parse(body) as Message });
    const status = answers.get(path) ?? 204;
    if (status === 0) held.set(path, () => response.writeHead(204).end());
    else response.writeHead(status).end();
    for (const look of [...looking]) look();
  });
  const looking = new Set<() => void>();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    got,
    /** 0 holds the answer back. */
    answer: (path: string, status: number) => void answers.set(path, status),
    release: (path: string) => held.get(path)!(),
    at: (path: string) => got.filter((one) => one.path === path),
    /** Resolves when so many messages came to this path. */
    until: (path: string, count: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (got.filter((one) => one.path === path).length < count) return;
          looking.delete(look);
          resolve();
        };
        looking.add(look);
        look();
      }),
    host: `hooks.test:${port}`,
    url: (path: string) => `http://hooks.test:${port}${path}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const DATABASES = [
  { name: 'PGlite', database: pgliteDatabase, there: true },
  { name: 'PostgreSQL', database: postgresDatabase, there: enginesAvailable().PostgreSQL },
];

for (const { name, database, there } of DATABASES)
  describe.skipIf(!there)(`webhooks on ${name}`, () => {
    let platform: Platform;
    let receiver: Awaited<ReturnType<typeof openReceiver>>;
    let webhooks: Webhooks;
    let sender: WebhookSender;
    let now = NOW;

    beforeAll(async () => {
      receiver = await openReceiver();
      sender = openWebhookSender({
        allowedHosts: [receiver.host],
        resolve: async (host) => (host === 'rebound.test' ? ['169.254.169.254'] : ['127.0.0.1']),
      });
      platform = await openPlatform({ webhookSender: sender }, database);
    });
    afterAll(async () => {
      await platform?.[Symbol.asyncDispose]();
      await receiver?.[Symbol.asyncDispose]();
    });
    beforeEach(async () => {
      webhooks = await open();
    });
    afterEach(async () => {
      await webhooks[Symbol.asyncDispose]();
      for (const { id } of await platform.sql.query<{ id: Id }>('select id from app.webhook')) {
        await platform.sql.query('delete from app.webhook where id = $1', [id]);
      }
      await platform.sql.query('delete from app.changes_kept');
      receiver.got.length = 0;
    });

    function open(): Promise<Webhooks> {
      const { sql, deps } = platform;
      return startWebhooks({ sql, clock: deps.clock, jobs: deps.jobs, logger: deps.logger, webhookSender: sender });
    }

    function pass(ms: number): void {
      now += ms;
      platform.setClock(now);
    }

    async function call(who: Account | null, method: string, path: string, payload?: object) {
      const headers = who ? { cookie: who.cookie } : {};
      const url = `/api/v1${path}`;
      const answer = await platform.app.inject({
        method: method as 'GET',
        url,
        headers,
        ...(payload ? { payload } : {}),
      });
      return { status: answer.statusCode, body: answer.body === '' ? null : JSON.parse(answer.body) };
    }

    async function make(who: Account, path: string, more: object = {}): Promise<CreatedWebhook> {
      const answer = await call(who, 'POST', '/webhooks', { url: receiver.url(path), events: EVENTS, ...more });
      expect(answer.status).toBe(201);
      return CreatedWebhook.parse(answer.body);
    }

    async function deliveries(who: Account, webhook: Webhook): Promise<WebhookDelivery[]> {
      const { body } = await call(who, 'GET', `/webhooks/${webhook.id}/deliveries`);
      return body.items.map((item: unknown) => WebhookDelivery.parse(item));
    }

    /** Until nothing is left to do now. */
    async function settle(): Promise<void> {
      while ((await webhooks.sweep()) > 0 || (await webhooks.idle()));
    }

    async function home(name: string) {
      const { id: household } = await platform.household(name);
      const appliance = await platform.appliance(household);
      return { household, appliance, owner: await platform.account('owner', household) };
    }

    const types = (path: string): string[] => receiver.at(path).map(({ message }) => message.type);

    describe('an endpoint', () => {
      it('is told with a signature that its secret verifies, and with what GET answers its owner', async () => {
        const { owner, appliance } = await home('Signed');
        const webhook = await make(owner, '/signed');
        await platform.find(coolingFails(appliance));
        await settle();
        const [first] = receiver.at('/signed');
        expect(first!.message.type).toBe('alert.opened');
        const signer = new Verifier(webhook.secret);
        const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = first!.headers;
        expect(at).toBe(String(Math.floor(now / 1000)));
        expect(signature).toBe(signer.sign(String(id), new Date(now), first!.body));
        const { body: alert } = await call(owner, 'GET', `/alerts/${first!.message.data.id}`);
        expect(first!.message.data).toEqual(alert);
        const [delivery] = (await deliveries(owner, webhook)).reverse();
        expect(delivery).toMatchObject({ id, type: 'alert.opened', state: 'delivered', status: 204, attempts: 1 });
      });

      it('hears of the beginning, the course and the end of an alert, in that order', async () => {
        const { owner, appliance } = await home('Course');
        await make(owner, '/course');
        const finding = coolingFails(appliance, { openedAt: now });
        await platform.find(finding);
        await settle();
        const { id } = receiver.at('/course')[0]!.message.data;
        await call(owner, 'POST', `/alerts/${id}/acknowledgement`);
        await settle();
        await platform.find({ ...finding, state: 'closed', closedAt: now });
        await settle();
        const [begin, ...rest] = types('/course');
        expect(begin).toBe('alert.opened');
        expect(rest[0]).toBe('alert.changed');
        expect(rest.filter((type) => type !== 'alert.changed')).toEqual(['alert.closed']);
        const closing = receiver.at('/course').find(({ message }) => message.type === 'alert.closed');
        expect(closing!.message.data).toMatchObject({ id, state: 'resolved' });
      });

      it('hears only the events that it names', async () => {
        const { owner, appliance } = await home('Named');
        await make(owner, '/named', { events: ['appliance.changed'] });
        await platform.find(coolingFails(appliance));
        await settle();
        expect(new Set(types('/named'))).toEqual(new Set(['appliance.changed']));
        expect(receiver.at('/named')[0]!.message.data).toMatchObject({ id: appliance, condition: 'danger' });
      });

      it('of a household hears nothing of another one; of an organisation nothing of appliances that others look after', async () => {
        const [mine, theirs] = [await home('Mine'), await home('Theirs')];
        const administrator = await platform.account('administrator');
        await make(mine.owner, '/mine');
        await make(administrator, '/organisation');
        await platform.find(coolingFails(theirs.appliance));
        await settle();
        expect(receiver.at('/mine')).toEqual([]);
        expect(types('/organisation')).toContain('alert.opened');
        const other = 'b2222222-2222-4222-8222-222222222222';
        await platform.sql.query(
          "insert into app.organisation (id, kind, name, home, created_at) values ($1, 'brand', 'Other', false, 0)",
          [other],
        );
        receiver.got.length = 0;
        await platform.sql.query('update app.appliance set organisation = $1 where id = $2', [other, mine.appliance]);
        await platform.find(coolingFails(mine.appliance));
        await settle();
        expect(types('/mine')).toContain('alert.opened');
        expect(receiver.at('/organisation')).toEqual([]);
      });

      it('is told nothing more once its maker has left the household, and is switched off', async () => {
        const { owner, appliance, household } = await home('Left');
        const webhook = await make(owner, '/left');
        await platform.sql.query('delete from app.household_member where household = $1', [household]);
        await platform.find(coolingFails(appliance));
        await settle();
        expect(receiver.at('/left')).toEqual([]);
        const [row] = await platform.sql.query('select enabled, reason from app.webhook where id = $1', [webhook.id]);
        expect(row).toEqual({ enabled: false, reason: 'owner-gone' });
      });

      it('does not get what was waiting when its owner may no longer see it', async () => {
        const { owner, appliance } = await home('Moved');
        const elsewhere = await home('New home');
        const webhook = await make(owner, '/moved', { events: ['appliance.changed'] });
        receiver.answer('/moved', 500);
        await platform.find(coolingFails(appliance));
        await settle();
        expect(receiver.at('/moved')).toHaveLength(1);
        receiver.answer('/moved', 204);
        await platform.sql.query('update app.appliance set household = $1, site = null where id = $2', [
          elsewhere.household,
          appliance,
        ]);
        pass(DAY);
        await settle();
        expect(receiver.at('/moved')).toHaveLength(1);
        expect(await deliveries(owner, webhook)).toMatchObject([{ state: 'dropped', reason: { code: 'not-visible' } }]);
      });
    });

    describe('a message that does not arrive', () => {
      it('is tried again later under the same id, and carries how the thing stands then', async () => {
        const { owner, appliance } = await home('Again');
        const webhook = await make(owner, '/again', { events: ['alert.opened'] });
        receiver.answer('/again', 500);
        await platform.find(coolingFails(appliance));
        await settle();
        expect((await deliveries(owner, webhook))[0]).toMatchObject({
          state: 'waiting',
          status: 500,
          attempts: 1,
          reason: { code: 'answered-with-error', text: { en: expect.any(String), zh: expect.any(String) } },
          nextTryAt: new Date(now + 5_000).toISOString(),
        });
        receiver.answer('/again', 200);
        pass(4_999);
        await settle();
        expect(receiver.at('/again')).toHaveLength(1);
        pass(1);
        await settle();
        const [first, second, ...more] = receiver.at('/again');
        expect(more).toEqual([]);
        expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
        expect(second!.headers['webhook-timestamp']).not.toBe(first!.headers['webhook-timestamp']);
        expect((await deliveries(owner, webhook))[0]).toMatchObject({ state: 'delivered', attempts: 2 });
      });

      it('holds back later ones about the same thing and no others', async () => {
        const { owner, household, appliance } = await home('Order');
        const second = await platform.appliance(household, 'Freezer');
        const webhook = await make(owner, '/order', { events: ['appliance.changed'] });
        receiver.answer('/order', 503);
        await platform.sql.transaction((tx) => announce(tx, { what: 'appliance', id: appliance }));
        await settle();
        receiver.answer('/order', 204);
        pass(5 * MINUTE + 10_000);
        await platform.sql.query('update app.webhook_delivery set next_try_at = $1 where webhook = $2', [
          now + 1,
          webhook.id,
        ]);
        await platform.sql.transaction(async (tx) => {
          await announce(tx, { what: 'appliance', id: appliance });
          await announce(tx, { what: 'appliance', id: second });
        });
        await settle();
        expect(receiver.at('/order').map(({ message }) => message.data.id)).toEqual([appliance, second]);
        pass(1);
        await settle();
        expect(receiver.at('/order').map(({ message }) => message.data.id)).toEqual([
          appliance,
          second,
          appliance,
          appliance,
        ]);
      });

      it('is one message for many changes while it waits', async () => {
        const { owner, appliance } = await home('Many');
        const webhook = await make(owner, '/many', { events: ['appliance.changed'] });
        receiver.answer('/many', 500);
        for (let n = 0; n < 20; n++) {
          await platform.sql.transaction((tx) => announce(tx, { what: 'appliance', id: appliance }));
          await settle();
        }
        // One that was tried, and one that stands for all that came after.
        expect(await deliveries(owner, webhook)).toHaveLength(2);
      });

      it('is given up after three days; the endpoint is switched off, says why, and comes back when asked', async () => {
        const { owner, appliance } = await home('Dead');
        const webhook = await make(owner, '/dead', { events: ['alert.opened'] });
        receiver.answer('/dead', 500);
        const began = now;
        await platform.find(coolingFails(appliance));
        for (;;) {
          await settle();
          const [{ nextTryAt }] = (await deliveries(owner, webhook)) as [WebhookDelivery];
          if (nextTryAt === null) break;
          pass(Date.parse(nextTryAt) - now);
        }
        expect(now - began).toBeGreaterThan(3 * DAY);
        expect((await call(owner, 'GET', `/webhooks/${webhook.id}`)).body).toMatchObject({
          enabled: false,
          reason: { code: 'gave-up' },
        });
        expect(await deliveries(owner, webhook)).toMatchObject([{ state: 'failed', attempts: 10 }]);
        const { items } = await listAudit(
          platform.sql,
          { all: true },
          { before: null, limit: 10, kind: 'webhook', object: webhook.id },
        );
        expect(items.map(({ action }) => action)).toEqual(['webhook.switched-off', 'webhook.created']);
        receiver.answer('/dead', 204);
        await call(owner, 'PATCH', `/webhooks/${webhook.id}`, { enabled: true });
        const tries = receiver.at('/dead').length;
        await platform.find(coolingFails(await platform.appliance(webhook.household!, 'Second')));
        await settle();
        expect(receiver.at('/dead').length).toBe(tries + 1);
      });

      it('whose server says 410 switches the endpoint off at once', async () => {
        const { owner, appliance } = await home('Gone');
        const webhook = await make(owner, '/gone');
        receiver.answer('/gone', 410);
        await platform.find(coolingFails(appliance));
        await settle();
        expect(receiver.at('/gone')).toHaveLength(1);
        expect((await call(owner, 'GET', `/webhooks/${webhook.id}`)).body).toMatchObject({ reason: { code: 'gone' } });
      });

      it('is refused with its reason when the name leads inside by then', async () => {
        const { owner } = await home('Rebound');
        const webhook = await make(owner, '/rebound');
        // As a name that was good when the endpoint was made.
        const { person } = owner;
        const [{ sealed }] = (await platform.sql.query<{ sealed: string }>(
          'select url_sealed as sealed from app.webhook where id = $1',
          [webhook.id],
        )) as [{ sealed: string }];
        expect(await openSealed(platform.sql, person.id, sealed)).toBe(webhook.url);
        let inside = false;
        const turning = openWebhookSender({ resolve: async () => (inside ? ['169.254.169.254'] : ['93.184.215.14']) });
        platform.deps.webhookSender = turning;
        const edited = await call(owner, 'PATCH', `/webhooks/${webhook.id}`, { url: 'https://rebound.test/' });
        platform.deps.webhookSender = sender;
        expect(edited.status).toBe(200);
        inside = true;
        await call(owner, 'POST', `/webhooks/${webhook.id}/test`);
        await settle();
        expect(await deliveries(owner, webhook)).toMatchObject([
          { type: 'ping', state: 'waiting', status: null, reason: { code: 'forbidden-address' } },
        ]);
      });
    });

    describe('a platform that stops while it sends', () => {
      it('sends again afterwards, under the same id', async () => {
        const { owner, appliance } = await home('Stopped');
        const webhook = await make(owner, '/stopped', { events: ['alert.opened'] });
        receiver.answer('/stopped', 0);
        await platform.find(coolingFails(appliance));
        const sending = webhooks.sweep();
        await receiver.until('/stopped', 1);
        await webhooks[Symbol.asyncDispose]();
        await sending;
        receiver.answer('/stopped', 204);
        webhooks = await open();
        await settle();
        expect(receiver.at('/stopped')).toHaveLength(1);
        pass(30_000);
        await settle();
        const [first, second, ...more] = receiver.at('/stopped');
        expect(more).toEqual([]);
        expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
        expect(await deliveries(owner, webhook)).toMatchObject([{ state: 'delivered', attempts: 2 }]);
      });
    });

    describe('two platforms on one database', () => {
      it('send each message once', async () => {
        const { owner, household } = await home('Both');
        const appliances: Id[] = [];
        for (let n = 0; n < 5; n++) appliances.push(await platform.appliance(household, `Fridge ${n}`));
        await make(owner, '/one', { events: ['appliance.changed'] });
        await make(owner, '/two', { events: ['appliance.changed'] });
        await using other = await open();
        for (const id of appliances) await platform.sql.transaction((tx) => announce(tx, { what: 'appliance', id }));
        let left: number;
        do left = (await Promise.all([webhooks.sweep(), other.sweep()])).reduce((a, b) => a + b);
        while (left > 0 || (await webhooks.idle()) || (await other.idle()));
        for (const path of ['/one', '/two']) {
          const told = receiver.at(path).map(({ message }) => message.data.id);
          expect(told.toSorted()).toEqual(appliances.toSorted());
        }
      });
    });

    describe('a slow endpoint', () => {
      it('holds back nobody else, and is asked one thing at a time', async () => {
        const { owner, appliance, household } = await home('Slow');
        const second = await platform.appliance(household, 'Freezer');
        await make(owner, '/slow', { events: ['appliance.changed'] });
        await make(owner, '/quick', { events: ['appliance.changed'] });
        receiver.answer('/slow', 0);
        const change = (id: Id) => platform.sql.transaction((tx) => announce(tx, { what: 'appliance', id }));
        await change(appliance);
        const slow = settle();
        await receiver.until('/slow', 1);
        await change(second);
        await webhooks.sweep();
        await receiver.until('/quick', 2);
        expect(receiver.at('/slow')).toHaveLength(1);
        receiver.answer('/slow', 204);
        receiver.release('/slow');
        await slow;
        await settle();
        expect(receiver.at('/slow').map(({ message }) => message.data.id)).toEqual([appliance, second]);
      });
    });

    describe('secrets', () => {
      it('that are being replaced sign side by side until the old one ends', async () => {
        const { owner } = await home('Rotation');
        const webhook = await make(owner, '/rotation');
        const { body: rotated } = await call(owner, 'POST', `/webhooks/${webhook.id}/secret`, { overlapHours: 2 });
        expect(rotated.oldUntil).toBe(new Date(now + 2 * HOUR).toISOString());
        const signatures = async (): Promise<{ given: string[]; by: (secret: string) => string }> => {
          receiver.got.length = 0;
          await call(owner, 'POST', `/webhooks/${webhook.id}/test`);
          await settle();
          const { headers, body } = receiver.at('/rotation')[0]!;
          const by = (secret: string) => new Verifier(secret).sign(String(headers['webhook-id']), new Date(now), body);
          return { given: String(headers['webhook-signature']).split(' '), by };
        };
        const during = await signatures();
        expect(during.given).toEqual([during.by(rotated.secret), during.by(webhook.secret)]);
        pass(2 * HOUR);
        const after = await signatures();
        expect(after.given).toEqual([after.by(rotated.secret)]);
      });

      it('and addresses stand nowhere in the clear, and are gone with the key of their person', async () => {
        const { owner, appliance } = await home('Erased');
        const webhook = await make(owner, '/erased-8c1f');
        const rows = JSON.stringify([
          await platform.sql.query('select * from app.webhook'),
          await platform.sql.query('select * from app.webhook_secret'),
          await platform.sql.query('select * from app.audit'),
        ]);
        expect(rows).not.toContain(webhook.secret);
        expect(rows).not.toContain('erased-8c1f');
        await deleteKey(platform.sql, owner.person.id);
        await platform.find(coolingFails(appliance));
        await settle();
        expect(receiver.at('/erased-8c1f')).toEqual([]);
        const path = `/webhooks/${webhook.id}`;
        expect((await call(owner, 'PATCH', path, { url: receiver.url('/new') })).body.code).toBe('wrong-state');
        expect((await call(owner, 'POST', `${path}/secret`, {})).body.code).toBe('wrong-state');
        expect(
          await platform.sql.query('select 1 from keys.subject_key where subject = $1', [owner.person.id]),
        ).toEqual([]);
        expect((await call(owner, 'DELETE', path)).status).toBe(204);
      });
    });

    describe('the routes', () => {
      it.each([
        ['http://hooks.example.org/', 'not-https'],
        ['https://169.254.169.254/latest/meta-data/', 'forbidden-address'],
        ['https://0xa9fea9fe/', 'forbidden-address'],
        ['https://rebound.test/', 'forbidden-address'],
        ['https://user:pass@hooks.example.org/', 'credentials-in-url'],
      ])('refuse %s', async (url, reason) => {
        const { owner } = await home('Refused');
        const { status, body } = await call(owner, 'POST', '/webhooks', { url, events: EVENTS });
        expect(status).toBe(422);
        expect(body).toMatchObject({ code: 'webhook-refused', title: expect.stringContaining(reason) });
        expect((await call(owner, 'GET', '/webhooks')).body.items).toEqual([]);
      });

      it('show an endpoint to those who own it and to nobody else', async () => {
        const [mine, theirs] = [await home('Shown'), await home('Hidden')];
        const member = await platform.account('owner', mine.household);
        await platform.sql.query("update app.household_member set standing = 'member' where person = $1", [
          member.person.id,
        ]);
        const administrator = await platform.account('administrator');
        const dispatcher = await platform.account('dispatcher');
        const webhook = await make(mine.owner, '/shown');
        const path = `/webhooks/${webhook.id}`;
        const { secret: _, ...shown } = webhook;
        expect(await call(mine.owner, 'GET', path)).toEqual({ status: 200, body: shown });
        expect((await call(mine.owner, 'GET', '/webhooks')).body.items).toEqual([shown]);
        for (const other of [theirs.owner, member, administrator]) {
          expect((await call(other, 'GET', path)).status).toBe(404);
          expect((await call(other, 'DELETE', path)).status).toBe(404);
          expect((await call(other, 'GET', `${path}/deliveries`)).status).toBe(404);
          expect((await call(other, 'POST', `${path}/secret`, {})).status).toBe(404);
          expect((await call(other, 'GET', '/webhooks')).body.items).toEqual([]);
        }
        expect((await call(dispatcher, 'GET', '/webhooks')).status).toBe(403);
        expect((await call(member, 'POST', '/webhooks', { url: receiver.url('/m'), events: EVENTS })).status).toBe(403);
        const foreign = { url: receiver.url('/m'), events: EVENTS, household: mine.household };
        expect((await call(theirs.owner, 'POST', '/webhooks', foreign)).status).toBe(403);
        expect((await call(null, 'GET', '/webhooks')).status).toBe(401);
      });

      it('do not let an API key have sent what it may not read', async () => {
        const { owner } = await home('Key');
        const withScopes = async (...scopes: string[]): Promise<string> => {
          const token = `key-of-${scopes.join('-')}`;
          await platform.sql.query(
            'insert into app.api_key (id, person, name, scopes, token_hash, created_at) values ($1, $2, $3, $4, $5, $6)',
            [
              newId(),
              owner.person.id,
              'key',
              JSON.stringify(scopes),
              createHash('sha256').update(token).digest('hex'),
              now,
            ],
          );
          return token;
        };
        const post = async (token: string) => {
          const headers = { authorization: `Bearer ${token}` };
          const payload = { url: receiver.url('/key'), events: ['alert.opened'] };
          return (await platform.app.inject({ method: 'POST', url: '/api/v1/webhooks', headers, payload })).statusCode;
        };
        expect(await post(await withScopes('alerts:read'))).toBe(403);
        expect(await post(await withScopes('webhooks'))).toBe(403);
        expect(await post(await withScopes('webhooks', 'appliances:read'))).toBe(403);
        expect(await post(await withScopes('webhooks', 'alerts:read'))).toBe(201);
      });

      it('remove an endpoint with all that waits, and changes are kept only while somebody listens', async () => {
        const { owner, appliance } = await home('Removed');
        const webhook = await make(owner, '/removed');
        const kept = async () => {
          await platform.sql.transaction((tx) => announce(tx, { what: 'appliance', id: appliance }));
          const [row] = await platform.sql.query<{ count: number }>(
            'select count(*)::int as count from app.outbox where topic = $1 and body->>$2 = $3',
            [CHANGES, 'id', appliance],
          );
          return row!.count;
        };
        expect(await kept()).toBe(1);
        expect((await call(owner, 'DELETE', `/webhooks/${webhook.id}`)).status).toBe(204);
        expect((await call(owner, 'GET', `/webhooks/${webhook.id}`)).status).toBe(404);
        expect(await kept()).toBe(1);
      });
    });
  });
