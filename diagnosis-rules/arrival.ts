// In which order, and how currently, an appliance's messages are judged: gaps in `seq` are waited for, and an appliance that
// catches up on its buffer is heard out before anybody is told.
import type { DecodedMessage } from '#contracts';
import { HOUR, MINUTE, SECOND } from '#runtime';

/** A gap in `seq` is waited for this long in log time. */
export const HOLD_MS = 1 * MINUTE;
/** An appliance whose newest stamp is this near to its receipt is current. */
const CURRENT_LAG_MS = 5 * MINUTE;
const LOOK_EVERY_MS = 1 * MINUTE;
const NO_PROGRESS_MS = 30 * SECOND;
/** No buffer is emptied with a pause like this: the appliance has fallen silent. */
const HUSHED_MS = 1 * HOUR;
const HELD_AT_MOST = 200;
/** A message that was overtaken is behind by less. */
const OVERTAKEN_AT_MOST = 50;

export type Arrival = {
  nextSeq: number | null;
  held: DecodedMessage[];
  heldSince: number;
  /** False while it catches up: what is found meanwhile may already be over. */
  current: boolean;
  receivedAt: number;
  /** When something newer was heard last, and how far behind that it was. */
  newsAt: number;
  lagMs: number;
  messages: number;
  /** As it was at the last look at its lag. */
  lookedAt: number;
  lagThenMs: number;
  messagesThen: number;
  /** The newest message counts from the beginning again. */
  restarted: boolean;
  /** `seq` of messages before which some are missing, for good as it seems; until they are judged. */
  afterLoss: readonly number[];
  /** The newest messages: `seq` and first stamp of each, in turns. */
  recent: number[];
};

/** One for all: there may be a hundred thousand appliances. */
export const NOTHING_LOST: readonly number[] = [];

export const newArrival = (): Arrival => ({
  nextSeq: null,
  held: [],
  heldSince: 0,
  current: false,
  receivedAt: 0,
  newsAt: 0,
  lagMs: 0,
  messages: 0,
  lookedAt: 0,
  lagThenMs: 0,
  messagesThen: 0,
  restarted: false,
  afterLoss: NOTHING_LOST,
  recent: [],
});

const bySeq = (a: DecodedMessage, b: DecodedMessage): number => a.seq! - b.seq!;

function release(arrival: Arrival): DecodedMessage[] {
  arrival.held.sort(bySeq);
  const ready: DecodedMessage[] = [];
  while (arrival.held[0] && arrival.held[0].seq! <= arrival.nextSeq!) {
    const message = arrival.held.shift()!;
    arrival.nextSeq = Math.max(arrival.nextSeq!, message.seq! + 1);
    ready.push(message);
  }
  return ready;
}

/** Messages that may be judged now, in order. One with a `seq` from before is a redelivery or a reboot: judged at once, its stamps decide. */
export function arrive(arrival: Arrival, message: DecodedMessage): DecodedMessage[] {
  arrival.receivedAt = message.receivedAt;
  const { seq, moments } = message;
  if (seq === null) return [message];
  if (arrival.nextSeq === null || seq <= arrival.nextSeq) {
    // Its first message may come once more, hours later; after a boot it may be lost.
    const isNews = moments[0] !== undefined && moments[0].at > arrival.newsAt - arrival.lagMs;
    const behind = (arrival.nextSeq ?? seq) - seq;
    const rebooted = isNews && (behind > OVERTAKEN_AT_MOST || (behind > 0 && seq <= 1));
    if (rebooted) arrival.restarted = true;
    if (rebooted && seq > 1) arrival.afterLoss = [seq];
    arrival.nextSeq = rebooted ? seq + 1 : Math.max(arrival.nextSeq ?? 0, seq + 1);
    return [message, ...release(arrival)];
  }
  if (arrival.held.length === 0) arrival.heldSince = message.receivedAt;
  arrival.held.push(message);
  return arrival.held.length > HELD_AT_MOST ? giveUpWaiting(arrival) : [];
}

/** Whether later ones were judged before it: how old it is says nothing of the appliance's clock. */
export const isOvertaken = ({ nextSeq }: Arrival, { seq }: DecodedMessage): boolean =>
  seq !== null && nextSeq !== null && seq + 1 < nextSeq;

const REMEMBERED = 2 * 6;

/** True for a message that was taken already: its acknowledgement was lost, and it came again. */
export function isRepeated(arrival: Arrival, { seq, moments }: DecodedMessage): boolean {
  const { recent } = arrival;
  const first = moments[0]?.at;
  if (seq === null || first === undefined) return false;
  for (let i = 0; i < recent.length; i += 2) if (recent[i] === seq && recent[i + 1] === first) return true;
  // Made anew, as long as it has to be: an array that grows in place takes room for many more.
  arrival.recent = [seq, first].concat(recent.slice(0, REMEMBERED - 2));
  return false;
}

function giveUpWaiting(arrival: Arrival): DecodedMessage[] {
  if (arrival.held.length === 0) return [];
  arrival.held.sort(bySeq);
  const seqs = arrival.held.map(({ seq }) => seq!);
  arrival.afterLoss = seqs.filter((seq, i) => seq > (seqs[i - 1] ?? arrival.nextSeq! - 1) + 1);
  arrival.nextSeq = seqs.at(-1)! + 1;
  return release(arrival);
}

/** Messages behind a gap that has been waited for long enough. */
export const overdue = (arrival: Arrival, now: number): DecodedMessage[] =>
  arrival.held.length > 0 && now - arrival.heldSince >= HOLD_MS ? giveUpWaiting(arrival) : [];

function look(arrival: Arrival, now: number): void {
  arrival.lookedAt = now;
  arrival.lagThenMs = arrival.lagMs;
  arrival.messagesThen = arrival.messages;
}

/** After messages that said something of use; the appliance's newest stamp is `newestAt` now. One that came once more is no news. */
export function noteLag(arrival: Arrival, newestAt: number): void {
  if (newestAt <= arrival.newsAt - arrival.lagMs) return;
  arrival.newsAt = arrival.receivedAt;
  arrival.messages++;
  arrival.lagMs = arrival.receivedAt - newestAt;
  if (arrival.lagMs <= CURRENT_LAG_MS) arrival.current = true;
  else if (arrival.current) {
    arrival.current = false;
    look(arrival, arrival.receivedAt);
  }
}

/**
 * Time passed. A lag that stays the same while messages come is a clock that is slow, not a buffer being emptied: then the
 * appliance is current by its own clock. One that fell silent meanwhile has nothing more to be heard out.
 */
export function noteTime(arrival: Arrival, now: number): void {
  if (now - arrival.newsAt >= HUSHED_MS) arrival.current = true;
  if (arrival.current || now - arrival.lookedAt < LOOK_EVERY_MS) return;
  const spoke = arrival.messages > arrival.messagesThen;
  const caughtUpBy = arrival.lagThenMs - arrival.lagMs;
  if (arrival.lookedAt > 0 && spoke && caughtUpBy < NO_PROGRESS_MS) arrival.current = true;
  look(arrival, now);
}
