// People who go, and words that are kept sealed.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '#contracts';
import { acceptVisit, finishVisit, forgetNotes, forgetNotesOf, technicianGone } from '#field-service';
import { sealPlainNotes } from '../../field-service/seal-plain-notes.ts';
import { givenHome, givenPerson, type Home, openWorld, type World } from '../alerts/world.ts';
import { alertsAsks, alertsSaysOver, theVisit, timeline } from './desk.ts';

const NOTE = 'Fan replaced behind the piano.';

let world: World;
let home: Home;
let tom: Person;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.reset();
  home = await givenHome(world);
  tom = await givenPerson(world, 'technician', { name: 'Tom', region: 'north', skills: ['refrigeration'] });
});
afterAll(() => world[Symbol.asyncDispose]());

const act = async () => ({ visit: (await theVisit(world)).id, person: tom.id, now: world.now() });
const givenNote = async () => {
  const alert = await alertsAsks(world, home);
  await world.sweep();
  await acceptVisit(world.service, await act());
  await finishVisit(world.service, { ...(await act()), result: { outcome: 'repaired', note: NOTE } });
  return alert;
};
const atRest = async (): Promise<string> =>
  JSON.stringify([
    await world.sql.query('select * from app.case_event'),
    await world.sql.query('select * from app.visit'),
  ]);

describe('a technician who goes', () => {
  it.each(['offered', 'accepted'] as const)('leaves his %s visit to the next one', async (state) => {
    await alertsAsks(world, home);
    await world.sweep();
    if (state === 'accepted') await acceptVisit(world.service, await act());
    const next = await givenPerson(world, 'technician', { name: 'Eve', region: 'north', skills: ['refrigeration'] });
    expect(await theVisit(world)).toMatchObject({ state, technician: { id: tom.id } });
    await world.sql.transaction((tx) => technicianGone(tx, tom.id, world.now()));
    expect(await theVisit(world)).toMatchObject({ state: 'offered', technician: { id: next.id } });
  });
});

describe('what a technician wrote', () => {
  it('is read on the timeline, and stands nowhere in plain', async () => {
    await givenNote();
    expect((await timeline(world)).some((text) => text.endsWith(NOTE))).toBe(true);
    expect(await atRest()).not.toContain('piano');
  });

  it('goes with its household, and when its case was closed long enough ago', async () => {
    const alert = await givenNote();
    expect(await forgetNotes(world.sql, world.now() + 1)).toBe(0);
    await alertsSaysOver(world, alert);
    await world.sweep();
    expect(await forgetNotes(world.sql, world.now())).toBe(0);
    expect(await forgetNotes(world.sql, world.now() + 1)).toBe(1);
    expect((await timeline(world)).join()).not.toContain('piano');
  });

  it('cannot be read any more when the household was erased', async () => {
    await givenNote();
    await world.sql.transaction((tx) => forgetNotesOf(tx, [home.household]));
    expect((await timeline(world)).join()).not.toContain('piano');
  });

  it('is sealed where an earlier version left it in plain', async () => {
    await givenNote();
    await world.sql.query(
      `update app.case_event set note_key = null, note_sealed = null,
         text = replace(text::text, '{note}', $1)::jsonb where note_sealed is not null`,
      [NOTE],
    );
    await world.sql.query(`update app.visit set result = result || jsonb_build_object('note', $1::text)`, [NOTE]);
    expect(await atRest()).toContain('piano');
    await world.sql.transaction(sealPlainNotes);
    expect(await atRest()).not.toContain('piano');
    expect((await timeline(world)).some((text) => text.endsWith(NOTE))).toBe(true);
  });
});
