// From "this changed" to what happened, and to what may be said of it.
import { alertById } from '#alerts';
import { Alert, Appliance, type Change, type Id, ServiceCase, type WebhookEvent } from '#contracts';
import { caseById } from '#field-service';
import { applianceById, may, type Viewer } from '#registry';
import type { Clock, Sql } from '#runtime';
import { freshLookups, KIND_OF_CHANGE, type Lookups, objectKinds } from '../objects.ts';
import { alertView } from '../views/alert.ts';
import { applianceViews } from '../views/appliance.ts';

export type Told = Exclude<Change['what'], 'readings'>;
export type Phase = 'open' | 'closed';

/** `phase` is null for what has no end. */
export type News = { phase: Phase | null; openedAt: number };

/** How a thing stands now; null: it is no more. */
export async function newsOf(sql: Sql, what: Told, id: Id): Promise<News | null> {
  if (what === 'appliance') return (await applianceById(sql, id)) && { phase: null, openedAt: 0 };
  const found = what === 'alert' ? await alertById(sql, id) : await caseById(sql, id);
  if (!found) return null;
  return { phase: found.closedAt === null ? 'open' : 'closed', openedAt: Date.parse(found.openedAt) };
}

/** Whose home it happened in, which may no longer be where the appliance stands. */
export async function homeOf(look: Lookups, what: Told, id: Id): Promise<Id | null> {
  switch (what) {
    case 'appliance':
      return (await look.appliance(id))?.household?.id ?? null;
    case 'alert':
      return (await look.alert(id))?.household ?? null;
    case 'case':
      return (await look.serviceCase(id))?.household ?? null;
  }
}

type Word = 'opened' | 'changed' | 'closed';

/**
 * From how the endpoint last heard of it to how it is, so that "opened" is the first it hears of anything that is open.
 * `unknown`: it never heard; `new`: nor could it, because it all began after the endpoint was made.
 */
export const HAPPENED: Readonly<Record<`${Phase | 'unknown' | 'new'} ${Phase}`, readonly Word[]>> = {
  'new open': ['opened'],
  'new closed': ['opened', 'closed'],
  'unknown open': ['opened'],
  'unknown closed': ['closed'],
  'open open': ['changed'],
  'open closed': ['closed'],
  'closed open': ['opened'],
  'closed closed': ['changed'],
};

/** What an endpoint that listens since `since` is told. `before` is null when it never heard of it. */
export function eventsOf(what: Told, before: Phase | null, news: News, since: number): WebhookEvent[] {
  if (what === 'appliance' || news.phase === null) return ['appliance.changed'];
  const was = before ?? (news.openedAt >= since ? 'new' : 'unknown');
  return HAPPENED[`${was} ${news.phase}`].map((word): WebhookEvent => `${what}.${word}`);
}

/** What GET would answer this viewer now; null: nothing. */
export async function seenBy(
  { sql, clock }: { sql: Sql; clock: Clock },
  viewer: Viewer,
  what: Told,
  id: Id,
): Promise<object | null> {
  const kind = objectKinds(sql, freshLookups(sql, clock))[KIND_OF_CHANGE[what]];
  const object = await kind.load(id, viewer);
  if (!object || !may(viewer, kind.read, object)) return null;
  switch (what) {
    case 'appliance': {
      const found = await applianceById(sql, id);
      return found && Appliance.parse((await applianceViews(sql, [found], viewer))[0]);
    }
    case 'alert':
      return Alert.parse(await alertView(sql, id, viewer));
    case 'case':
      return ServiceCase.parse(await caseById(sql, id));
  }
}
