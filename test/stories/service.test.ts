// Stories of service: what the owner cannot mend becomes a visit, and nobody is forgotten.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Client, givenTown, HOUR, MINUTE, type Town, WELL_KNOWN } from './given.ts';

let town: Town;
let dispatcher: Client;
beforeEach(async () => {
  town = await givenTown();
  dispatcher = await town.staff('dispatcher');
});
afterEach(() => town[Symbol.asyncDispose]());

it('no sensor knows whether the door is closed: the owner is asked, and the answer counts', async () => {
  const home = await town.home({ doorSensor: false, episodes: [{ what: 'door-left-open', fromMs: 0 }] });
  await town.advance(2 * HOUR);
  const alert = await home.openAlert();
  expect(alert.question?.question).toBe('door-closed');
  await home.owner.post(`/alerts/${alert.id}/answers`, { question: 'door-closed', answer: 'it-was-open' });
  await town.advance(MINUTE);
  const answered = await home.openAlert();
  expect(answered.id).toBe(alert.id);
  expect(answered.topCause.cause).toBe('door-left-open');
  expect(answered.question?.question).not.toBe('door-closed');
});

it('cooling fails: the owner picks a time; the right technician accepts and mends it; telemetry proves it', async () => {
  const right = await town.staff('technician', { region: 'north', skills: ['refrigeration', 'general'] });
  const otherSkill = await town.staff('technician', { region: 'north', skills: ['general'] });
  const otherRegion = await town.staff('technician', { region: 'south', skills: ['refrigeration'] });
  const home = await town.home({
    region: 'north',
    doorSensor: false,
    episodes: [{ what: 'cooling-failing', fromMs: 0, untilMs: 8 * HOUR }],
    pastHours: WELL_KNOWN,
  });
  for (let i = 0; i < 36 && (await town.cases(home.owner)).length === 0; i++) await town.advance(10 * MINUTE);
  const alert = await home.openAlert();
  // From outside a lost charge and a worn compressor look alike.
  expect(['refrigerant-leak', 'compressor-worn']).toContain(alert.topCause.cause);

  const visit = await town.visitOf(home.owner, home);
  expect(visit).toMatchObject({ state: 'offered', skill: 'refrigeration' });
  expect(visit.technician?.id).toBe(right.person.id);
  expect(town.mailsTo(right).length).toBeGreaterThan(0);
  expect(town.mailsTo(otherSkill)).toEqual([]);
  expect(town.mailsTo(otherRegion)).toEqual([]);

  const { items: slots } = await home.owner.get<{ items: { start: string }[] }>(`/visits/${visit.id}/slots`);
  await home.owner.post(`/visits/${visit.id}/slot`, { start: slots[0]!.start });
  await right.post(`/visits/${visit.id}/acceptance`);
  const mailsAtAcceptance = town.mailsTo(right).length;
  await town.advance(2 * HOUR);
  expect(town.mailsTo(right).length - mailsAtAcceptance).toBeLessThanOrEqual(1);
  expect(await town.visitOf(dispatcher, home)).toMatchObject({ state: 'accepted', slot: { start: slots[0]!.start } });

  await town.advance(2 * HOUR);
  await right.post(`/visits/${visit.id}/result`, {
    outcome: 'repaired',
    cause: 'refrigerant-leak',
    note: 'A joint leaked; brazed, evacuated and filled',
  });
  await town.advance(MINUTE);
  expect((await town.cases(home.owner)).map((one) => one.state)).toEqual(['verifying']);
  // Its days are told by their quiet hours: by the next day it is seen to be well.
  await town.advance(16 * HOUR, { settleEveryMs: 30 * MINUTE });
  expect(await home.alerts('open')).toEqual([]);
  expect((await town.cases(home.owner)).map((one) => one.state)).toEqual(['closed']);
});

it('nobody accepts: reminders, then the next technician, then the dispatchers, until somebody takes it', async () => {
  const first = await town.staff('technician', { region: 'west', skills: ['refrigeration'] });
  const second = await town.staff('technician', { region: 'west', skills: ['refrigeration'] });
  const home = await town.home({
    region: 'west',
    episodes: [{ what: 'cooling-failing', fromMs: 0 }],
    seed: 21,
    pastHours: WELL_KNOWN,
  });
  await town.advance(160 * MINUTE);
  const alert = await home.openAlert();
  await home.owner.post(`/alerts/${alert.id}/service-request`);
  await town.advance(MINUTE);
  const offered = (await town.visitOf(dispatcher, home)).technician!.id;
  const [asked, next] = offered === first.person.id ? [first, second] : [second, first];
  expect(town.mailsTo(asked)).toHaveLength(1);

  await town.advance(25 * MINUTE);
  expect(town.mailsTo(asked).length).toBeGreaterThanOrEqual(3);
  expect(town.mailsTo(next)).toEqual([]);

  await town.advance(10 * MINUTE);
  expect((await town.visitOf(dispatcher, home)).technician!.id).toBe(next.person.id);
  expect(town.mailsTo(next).length).toBeGreaterThan(0);

  const before = town.mailsTo(dispatcher).length;
  await town.advance(35 * MINUTE);
  const escalated = await town.visitOf(dispatcher, home);
  expect(escalated.escalatedAt).not.toBeNull();
  expect(town.mailsTo(dispatcher).length).toBeGreaterThan(before);
  await town.advance(65 * MINUTE);
  expect(town.mailsTo(dispatcher).length).toBeGreaterThanOrEqual(before + 3);

  await dispatcher.post(`/visits/${escalated.id}/assignment`, { technician: first.person.id });
  await first.post(`/visits/${escalated.id}/acceptance`);
  await town.advance(MINUTE);
  const quiet = town.mailsTo(dispatcher).length;
  await town.advance(90 * MINUTE);
  expect(town.mailsTo(dispatcher)).toHaveLength(quiet);
  const timeline = (await town.cases(dispatcher)).find((one) => one.appliance === home.appliance)!.timeline;
  expect(timeline.length).toBeGreaterThan(4);
});

it('recovery by itself takes the visit back', async () => {
  const technician = await town.staff('technician', { region: 'island', skills: ['refrigeration'] });
  const home = await town.home({
    region: 'island',
    episodes: [{ what: 'cooling-failing', fromMs: 0, untilMs: 5 * HOUR }],
    seed: 31,
    pastHours: WELL_KNOWN,
  });
  for (let i = 0; i < 30 && (await home.alerts()).length === 0; i++) await town.advance(10 * MINUTE);
  const { id } = await home.openAlert();
  await home.owner.post(`/alerts/${id}/service-request`);
  await town.advance(MINUTE);
  await technician.post(`/visits/${(await town.visitOf(home.owner, home)).id}/acceptance`);
  await town.advance(22 * HOUR, { settleEveryMs: 30 * MINUTE });
  expect(await home.alerts('open')).toEqual([]);
  expect((await town.visitOf(home.owner, home)).state).toBe('cancelled');
  expect((await town.cases(home.owner)).map((one) => one.state)).toEqual(['closed']);
});
