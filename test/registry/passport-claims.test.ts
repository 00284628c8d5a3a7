// Several people want one unit at the same moment, through several processes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Id, newId } from '#contracts';
import {
  applianceById,
  claimAppliance,
  createHousehold,
  createPerson,
  homeOrganisation,
  importUnits,
  registryTables,
  transferAppliance,
  type Viewer,
} from '#registry';
import { migrate, type Sql } from '#runtime';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const PEPPER = 'a pepper of the test';
const MODEL = 'stethos-reference-fridge';
const CODE = '7K3QX-0WM5T-A9D2R-HJ4VB';
const CLAIMERS = 8;
const ROUNDS = 10;

describe('claims at once on PGlite', () => claims(pgliteDatabase));
describeEngine('PostgreSQL', 'claims at once', () => claims(postgresDatabase));

function claims(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let sql: Sql;
  let administrator: Viewer;
  let claimers: (Viewer & { home: Id })[];
  beforeAll(async () => {
    database = await open();
    sql = database.sql;
    await migrate(sql, registryTables);
    const { id: organisation } = await homeOrganisation(sql);
    administrator = { ...viewer(newId()), role: 'administrator', organisation };
    claimers = [];
    for (let index = 0; index < CLAIMERS; index++) {
      const home = await createHousehold(sql, { name: `Home ${index}`, region: 'north', now: NOW });
      const person = await createPerson(sql, {
        name: `Claimer ${index}`,
        email: `claimer-${index}@example.org`,
        password: 'correct horse battery',
        role: 'owner',
        household: home.id,
        now: NOW,
      });
      claimers.push({ ...viewer(person.id), households: [{ household: home.id, as: 'owner' }], home: home.id });
    }
  });
  afterAll(() => database?.[Symbol.asyncDispose]());

  const viewer = (person: Id): Viewer => ({
    person,
    role: 'owner',
    organisation: null,
    households: [],
    grants: [],
    scopes: null,
    key: null,
  });

  async function unit(serial: string): Promise<Id> {
    const body = Buffer.from(JSON.stringify([{ model: MODEL, serial, claim_secret: CODE }]));
    const wish = { check: false, skipErrors: false };
    const made = await importUnits(sql, { body, type: 'json', wish, viewer: administrator, now: NOW, pepper: PEPPER });
    return made.made[0]!.id;
  }

  const tryClaim = (who: Viewer, serial: string, address: string, index: number, code = CODE) =>
    claimAppliance(index % 2 === 0 ? database.sql : database.other, {
      viewer: who,
      address,
      claim: { model: MODEL, serial, code },
      pepper: PEPPER,
      now: NOW,
    });

  it('exactly one of eight gets the unit', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await sql.query('delete from app.claim_attempts');
      const serial = `RACE-${round}`;
      const id = await unit(serial);
      const outcomes = await Promise.all(
        claimers.map((who, index) => tryClaim(who, serial, `10.0.0.${index % 3}`, index)),
      );
      const winners = outcomes.flatMap((said, index) => (said.outcome === 'claimed' ? [claimers[index]!] : []));
      expect(winners).toHaveLength(1);
      expect(outcomes.filter(({ outcome }) => outcome === 'wrong-code')).toHaveLength(CLAIMERS - 1);
      expect((await applianceById(sql, id))?.household?.id).toBe(winners[0]!.home);
      expect(await sql.query('select 1 from app.claim_code where appliance = $1', [id])).toEqual([]);
    }
  });

  it('counts wrong codes of several processes together', async () => {
    await sql.query('delete from app.claim_attempts');
    await unit('GUESSED');
    const guesses = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        tryClaim(claimers[0]!, 'GUESSED', '10.0.0.1', index, `AAAAA-AAAAA-AAAAA-${10_000 + index}`),
      ),
    );
    expect(guesses.filter(({ outcome }) => outcome === 'wrong-code')).toHaveLength(10);
    expect(guesses.filter(({ outcome }) => outcome === 'too-many')).toHaveLength(30);
    expect((await tryClaim(claimers[1]!, 'GUESSED', '10.0.0.2', 0)).outcome).toBe('wrong-code');
  });

  it('a transfer and a claim at once leave the unit with one household or none, and one code or none', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await sql.query('delete from app.claim_attempts');
      const serial = `MOVE-${round}`;
      const id = await unit(serial);
      await tryClaim(claimers[0]!, serial, '10.0.0.1', 0);
      const [given, claimed] = await Promise.all([
        database.other.transaction((tx) => transferAppliance(tx, { appliance: id, by: 'platform', now: NOW })),
        tryClaim(claimers[1]!, serial, '10.0.0.2', 0),
      ]);
      expect(claimed.outcome).toBe('wrong-code');
      const taken = await tryClaim(claimers[1]!, serial, '10.0.0.2', 1, given.code);
      expect(taken).toMatchObject({ outcome: 'claimed', household: claimers[1]!.home });
    }
  });
}
