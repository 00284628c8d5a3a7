// To whom field service speaks. It leaves rows of the topic `message`: alerts renders and sends them.
import { type Id, newId, type OutgoingMessage } from '#contracts';
import { membersOf, peopleWithRole } from '#registry';
import { put, type Sql } from '#runtime';
import type { Message } from './messages.ts';
import { type CaseRecord, type VisitRecord, worksFor } from './records.ts';

async function post(
  tx: Sql,
  file: CaseRecord,
  people: readonly { id: Id }[],
  message: Message,
  path: string,
): Promise<void> {
  for (const { id } of people) {
    const body: OutgoingMessage = { person: id, ...message, path, alert: file.alert };
    await put(tx, 'message', { id: newId(), key: id, body });
  }
}

export async function tellHousehold(tx: Sql, file: CaseRecord, message: Message): Promise<void> {
  const members = file.household === null ? [] : await membersOf(tx, file.household);
  await post(tx, file, members, message, `/cases/${file.id}`);
}

export async function tellTechnician(
  tx: Sql,
  file: CaseRecord,
  visit: VisitRecord,
  technician: Id,
  message: Message,
): Promise<void> {
  await post(tx, file, [{ id: technician }], message, `/visits/${visit.id}`);
}

/** Dispatchers; administrators where there are none. */
export async function tellDispatchers(tx: Sql, file: CaseRecord, message: Message): Promise<void> {
  const dispatchers = await peopleWithRole(tx, 'dispatcher', worksFor(file));
  const people = dispatchers.length > 0 ? dispatchers : await peopleWithRole(tx, 'administrator', worksFor(file));
  await post(tx, file, people, message, `/cases/${file.id}`);
}
