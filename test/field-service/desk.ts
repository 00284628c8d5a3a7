// Builders for the stories of field service: requests as alerts leaves them, and the one case they lead to.
import type { AlertOver, Id, RankedCause, ServiceCase, ServiceRequest, Visit } from '#contracts';
import { idOf, newId } from '#contracts';
import { caseById, listCases } from '#field-service';
import { put } from '#runtime';
import { COOLING, type Home, type World } from '../alerts/world.ts';

/** Leaves a request as alerts does; returns the id of its alert. */
export async function alertsAsks(
  world: World,
  home: Pick<Home, 'appliance'>,
  fields: { alert?: Id; cause?: RankedCause; reason?: ServiceRequest['reason'] } = {},
): Promise<Id> {
  const alert = fields.alert ?? newId();
  const body: ServiceRequest = {
    alert,
    appliance: home.appliance,
    problem: 'refrigerator-cooling',
    title: { en: 'The fridge is too warm', zh: '冰箱温度过高' },
    summary: { en: 'It has been too warm for a while.', zh: '温度过高已有一段时间。' },
    severity: 'warning',
    cause: fields.cause ?? COOLING,
    reason: fields.reason ?? 'needs-technician',
  };
  await world.sql.transaction((tx) => put(tx, 'service-request', { id: idOf(alert, 'request'), key: alert, body }));
  return alert;
}

export async function alertsSaysOver(world: World, alert: Id, how: AlertOver['how'] = 'resolved'): Promise<void> {
  const body: AlertOver = { alert, how, at: world.now() };
  await world.sql.transaction((tx) => put(tx, 'alert-over', { id: idOf(alert, 'over'), key: alert, body }));
}

export async function theCase(world: World): Promise<ServiceCase> {
  const { items } = await listCases(world.sql, world.everything, {
    state: 'all',
    cursor: null,
    limit: 10,
    now: world.now(),
  });
  return (await caseById(world.sql, items[0]!.id))!;
}

/** The newest visit of the only case. */
export const theVisit = async (world: World): Promise<Visit> => (await theCase(world)).visits.at(-1)!;

/** The timeline in English, in short. */
export const timeline = async (world: World): Promise<string[]> =>
  (await theCase(world)).timeline.map((entry) => entry.text.en);

/** New mails as "to whom: subject", without the appliance's name. */
export const mailed = (world: World): string[] =>
  world.newMails().map((mail) => `${mail.to.replace(/ <.*/, '')}: ${mail.subject.replace('Kitchen fridge: ', '')}`);
