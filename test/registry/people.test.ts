import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id, OutgoingMessage, Person, RemoteSessionState, Role } from '#contracts';
import {
  acceptInvitation,
  attempt,
  confirmSecondFactor,
  confirmSignUp,
  createHousehold,
  createOrganisation,
  createPerson,
  editStaff,
  enrolSecondFactor,
  forgetAttempts,
  homeOrganisation,
  inviteToHousehold,
  issueSetUpToken,
  listRegions,
  logIn,
  membersOf,
  openParts,
  putRegion,
  REMOTE_SESSION_LIFE,
  type RemoteSessionEvent,
  registryTables,
  removeMember,
  rightsShrink,
  scopesOf,
  setUp,
  signUp,
} from '#registry';
import { HOUR, MINUTE, migrate, next, type Sql } from '#runtime';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const PASSWORD = 'correct horse battery';
const AT_ONCE = 8;

describe('people at the same moment, on PGlite', () => manyAtOnce(pgliteDatabase));
describeEngine('PostgreSQL', 'people at the same moment', () => manyAtOnce(postgresDatabase));

function manyAtOnce(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let sql: Sql;
  let home: Id;
  beforeAll(async () => {
    database = await open();
    sql = database.sql;
    await migrate(sql, [...registryTables]);
    home = (await homeOrganisation(sql)).id;
  });
  afterAll(() => database?.[Symbol.asyncDispose]());

  /** From two processes in turn. */
  const together = <T>(work: (sql: Sql, index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) => work(index % 2 === 0 ? database.sql : database.other, index)),
    );
  const good = <T>(answers: readonly T[]) => answers.filter((answer) => answer !== null && answer !== false);
  let people = 0;
  const person = (role: Role, organisation?: Id) =>
    createPerson(sql, {
      name: 'Somebody',
      email: `somebody-${++people}@example.org`,
      password: PASSWORD,
      role,
      now: NOW,
      ...(organisation === undefined ? {} : { organisation }),
    });
  /** The token in the link of the newest mail that was left. */
  async function newestToken(): Promise<string> {
    const [row] = await sql.query<{ body: OutgoingMessage }>(
      "select body from app.outbox where topic = 'message' order by position desc limit 1",
    );
    return (await openParts(sql, row!.body.person, row!.body.path)).split('#')[1]!;
  }

  it('name the organisation that runs the platform when they set it up', async () => {
    const token = (await issueSetUpToken(sql, NOW))!;
    const fields = { token, name: 'Ada', email: 'ada@example.org', password: PASSWORD, organisation: 'Frostline' };
    expect(good(await together((one) => setUp(one, { ...fields, now: NOW })))).toHaveLength(1);
    expect((await homeOrganisation(sql)).name).toBe('Frostline');
  });

  it('open an account once with one link', async () => {
    await signUp(sql, { email: 'lin@example.org', name: 'Lin', password: PASSWORD, language: 'zh', now: NOW });
    const token = await newestToken();
    expect(good(await together((one) => confirmSignUp(one, token, NOW)))).toHaveLength(1);
  });

  it('make one account when they sign up with one address', async () => {
    const fields = { email: 'twins@example.org', name: 'T', password: PASSWORD, language: 'en', now: NOW } as const;
    await together((one) => signUp(one, fields));
    const token = await newestToken();
    expect(await confirmSignUp(sql, token, NOW)).not.toBeNull();
    expect(await logIn(sql, { ...fields })).not.toBeNull();
  });

  it('join a household once with one invitation', async () => {
    const household = (await createHousehold(sql, { name: 'Home', region: 'north', now: NOW })).id;
    const invitation = { household, email: 'guest@example.org', as: 'member', language: 'en' } as const;
    await inviteToHousehold(sql, { ...invitation, now: NOW, by: 'platform' });
    const token = await newestToken();
    const fields = { token, viewer: null, name: 'Guest', password: PASSWORD, now: NOW };
    expect(good(await together((one) => acceptInvitation(one, fields)))).toHaveLength(1);
    expect(await membersOf(sql, household)).toHaveLength(1);
  });

  it('are counted together when they guess', async () => {
    const limit = { key: 'log-in lin@example.org', most: 10, windowMs: 15 * MINUTE };
    const waits = (
      await together(async (one) => [await attempt(one, limit, NOW), await attempt(one, limit, NOW)])
    ).flat();
    expect(waits.filter((ms) => ms === 0)).toHaveLength(10);
    expect(waits.filter((ms) => ms > 0).every((ms) => ms === 15 * MINUTE)).toBe(true);
    expect(await attempt(sql, limit, NOW + 15 * MINUTE)).toBe(0);
    await forgetAttempts(sql, limit.key);
    const rows = JSON.stringify(await sql.query('select * from app.attempt'));
    expect(rows).not.toContain('lin@');
  });

  it('use a code of the second factor once', async () => {
    const { id, email } = await person('dispatcher', home);
    const { secret } = await enrolSecondFactor(sql, { person: id, label: email, now: NOW });
    const code = (at: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at });
    const confirmation = { person: id, code: code(NOW), now: NOW, by: `person:${id}` } as const;
    expect(good(await together((one) => confirmSecondFactor(one, confirmation)))).toHaveLength(1);
    const later = NOW + HOUR;
    const entered = await together((one) =>
      logIn(one, { email, password: PASSWORD, code: code(later), now: later }).catch(() => null),
    );
    expect(good(entered)).toHaveLength(1);
  });

  it('never leave an organisation without an administrator, nor a household without an owner', async () => {
    const firm = (await createOrganisation(sql, { kind: 'brand', name: 'F', creator: home, now: NOW, by: 'platform' }))
      .id;
    const administrators: Person[] = [];
    for (let i = 0; i < AT_ONCE; i++) administrators.push(await person('administrator', firm));
    const demoted = await together((one, index) =>
      editStaff(one, { person: administrators[index]!.id, role: 'auditor', now: NOW, by: 'platform' }).catch(
        (error) => {
          expect(error).toMatchObject({ code: 'last-administrator' });
          return null;
        },
      ),
    );
    expect(good(demoted)).toHaveLength(AT_ONCE - 1);

    const household = (await createHousehold(sql, { name: 'Home', region: 'north', now: NOW })).id;
    const owners: Id[] = [];
    for (let i = 0; i < AT_ONCE; i++) {
      const fields = {
        name: 'O',
        email: `owner-${i}@example.org`,
        password: PASSWORD,
        role: 'owner',
        household,
      } as const;
      owners.push((await createPerson(sql, { ...fields, now: NOW })).id);
    }
    const left = await together((one, index) =>
      removeMember(one, { household, person: owners[index]!, now: NOW, by: 'platform' }).catch((error) => {
        expect(error).toMatchObject({ code: 'last-owner' });
        return null;
      }),
    );
    expect(good(left)).toHaveLength(AT_ONCE - 1);
    expect(await membersOf(sql, household)).toHaveLength(1);
  });

  it('put a region once', async () => {
    const region = { organisation: home, code: 'north', name: 'North', postcodes: ['2', '1 0', '2'] };
    await together((one) => putRegion(one, { ...region, now: NOW, by: 'platform' }));
    expect(await listRegions(sql, home)).toEqual([{ code: 'north', name: 'North', postcodes: ['10', '2'] }]);
  });
}

describe('the life of a remote session', () => {
  /** Written by hand: what each event makes of each state; `-` where it is not possible. */
  const EXPECTED: Record<RemoteSessionState, Record<RemoteSessionEvent, RemoteSessionState | '-'>> = {
    asked: { agreed: 'running', refused: 'refused', over: 'ended' },
    running: { agreed: '-', refused: '-', over: 'ended' },
    refused: { agreed: '-', refused: '-', over: '-' },
    ended: { agreed: '-', refused: '-', over: '-' },
  };
  const rows = Object.entries(EXPECTED).flatMap(([state, events]) =>
    Object.entries(events).map(([event, to]) => ({ state, event, to })),
  );
  it.each(rows)('$state, $event: $to', ({ state, event, to }) => {
    expect(next(REMOTE_SESSION_LIFE, state as RemoteSessionState, event as RemoteSessionEvent) ?? '-').toBe(to);
  });
});

describe('a change of role', () => {
  it('takes nothing away from a call agent who becomes a dispatcher, and something otherwise', () => {
    expect(rightsShrink('call-agent', 'dispatcher')).toBe(false);
    expect(rightsShrink('auditor', 'auditor')).toBe(false);
    for (const [from, to] of [
      ['dispatcher', 'call-agent'],
      ['administrator', 'auditor'],
      ['technician', 'administrator'],
    ] as const) {
      expect([from, to, rightsShrink(from, to)]).toEqual([from, to, true]);
    }
  });
});

describe('scopes of a key', () => {
  it('are those its maker’s role has a use for, and never the account', () => {
    for (const role of ['owner', 'technician', 'dispatcher', 'administrator', 'auditor', 'repairer'] as const) {
      expect(scopesOf(role)).not.toContain('account');
    }
    expect(scopesOf('repairer')).toEqual(['account:read', 'alerts:read', 'appliances:read']);
    expect(scopesOf('auditor')).toContain('audit:read');
    expect(scopesOf('dispatcher')).not.toContain('audit:read');
  });
});
