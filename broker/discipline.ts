// What follows from how somebody behaves: it waits, it is cut, it is refused, and it is told why.
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Id, Notice } from '#contracts';
import type { Principal } from '#registry';
import { type Clock, type Logger, SECOND } from '#runtime';
import type { Conduct } from './conduct.ts';
import { GARBAGE, type Limits } from './limits.ts';
import type { Notices } from './notices.ts';
import { oversizeRecord } from './oversize.ts';
import type { Session, Sessions } from './sessions.ts';

const LONGEST_KNOCK_MS = 4 * SECOND;

/** Since the start. */
export type BrokerCounts = {
  /** Appliances and gateways that sent almost nothing that could be read. */
  slowedForGarbage: number;
  cutForGarbage: number;
  cutForSpeed: number;
  /** Connections refused because they came too often. */
  connectsRefused: number;
  /** Connections cut because they broke the protocol. */
  brokenProtocol: number;
};

type DisciplineDeps = {
  clock: Clock;
  steadyNow(): number;
  logger: Logger;
  limits: Limits;
  maxPacketBytes: number;
  conduct: Conduct;
  sessions: Sessions;
  notices: Notices;
};

/** Nothing here rejects: who is cut, slowed or refused is told by notice, and counted. */
export class Discipline {
  readonly #deps: DisciplineDeps;
  readonly #oversize = oversizeRecord();
  readonly #counts = { slowedForGarbage: 0, cutForGarbage: 0, cutForSpeed: 0, connectsRefused: 0, brokenProtocol: 0 };

  constructor(deps: DisciplineDeps) {
    this.#deps = deps;
  }

  get counts(): BrokerCounts {
    return { ...this.#counts };
  }

  /** How many more packets are read now. */
  room(session: Session | undefined): number {
    if (!session) return 0;
    if (session.silentUntil > this.#deps.steadyNow()) return 0;
    const most = this.#deps.conduct.isGarbage(session.principal.id) ? GARBAGE.inHook : this.#deps.limits.inHook;
    return most - session.waiting;
  }

  /** What is no message costs work too: nothing more is read for a while when there is too much of it. */
  others(session: Session | undefined, packets: number, bytes: number): void {
    if (!session || session.principal.kind === 'provisioning') return;
    const { kind, id } = session.principal;
    const now = this.#deps.steadyNow();
    const waitMs = this.#deps.conduct.also(id, { packets, bytes, gateway: kind === 'gateway' }, now);
    if (waitMs === 0) return;
    if (this.#deps.conduct.tooLong(id, now)) {
      this.tooFast(session);
      session.client.close();
      return;
    }
    session.silentUntil = now + waitMs;
    setTimeout(() => session.client.closed || session.client.conn.emit('readable'), waitMs + 1).unref();
  }

  /** What it sent was no MQTT: it is told, and about to be cut. */
  broken(session: Session | undefined, reason: string): void {
    this.#counts.brokenProtocol++;
    if (!session) return;
    const notice: Notice = {
      code: 'rejected-message',
      at: this.#deps.clock.now(),
      reason: `The connection was cut, as it broke the protocol: ${reason}.`,
    };
    this.refuse(session, `it broke the protocol: ${reason}`, notice);
  }

  /** Too much for too long: it is told, and about to be cut. */
  tooFast(session: Session): void {
    this.#counts.cutForSpeed++;
    const { perSecond } = this.#deps.limits.messages;
    this.refuse(session, 'too much for too long', {
      code: 'slow-down',
      at: this.#deps.clock.now(),
      reason: `More than ${perSecond} messages or ${this.#deps.limits.bytes.perSecond} bytes a second for too long, so the connection was cut. Collect readings and send them in one message.`,
    });
  }

  /** A consumer could not read what it said. Many of those, and nothing else, come from something that is broken. */
  rejected(appliance: Id): void {
    for (const session of this.#deps.sessions.speakersFor(appliance)) {
      const { kind, id } = session.principal;
      const verdict = this.#deps.conduct.rejected(id, this.#deps.steadyNow());
      if (verdict === null) continue;
      const fields = { [kind]: id, rejected: GARBAGE.slowedAfter };
      if (verdict === 'slowed') {
        this.#counts.slowedForGarbage++;
        this.#deps.logger.warn(fields, 'slowed down: almost nothing that it sends can be read; see the quarantine');
        continue;
      }
      this.#counts.cutForGarbage++;
      this.#deps.logger.warn(
        fields,
        'cut and refused for an hour: nothing that it sends can be read; see the quarantine',
      );
      this.cut(session);
    }
  }

  /** A packet over the limit; three of them, and it is refused for an hour. */
  tooLarge(session: Session | undefined): void {
    if (!session) return;
    const limit = this.#deps.maxPacketBytes;
    const now = this.#deps.clock.now();
    this.#oversize.cut(session.client.id, now);
    this.refuse(session, 'a packet over the limit', {
      code: 'packet-too-large',
      at: now,
      reason: `A packet was over ${limit} bytes, so the connection was cut. Send smaller batches; after three such cuts you are refused for an hour.`,
    });
  }

  /** The connection is about to be cut, or left a will and is over; the appliance hears why when it is back. */
  refuse(session: Session, what: string, notice: Notice): void {
    if (!session.client.closed) session.cut = true;
    const { kind, id } = session.principal;
    this.#deps.logger.warn(
      { [kind]: id },
      `refused what ${kind === 'provisioning' ? 'a new unit' : kind} sent: ${what}`,
    );
    if (kind !== 'provisioning') this.#deps.notices.keep(id, notice);
  }

  cut(session: Session): void {
    session.cut = true;
    session.client.close();
  }

  /** Its credential is over: nothing that it has said and that is not in the log yet counts any more. */
  cutOff(session: Session): void {
    if (session.state === 'over' || session.revoked) return;
    session.cut = true;
    session.revoked = true;
    const { kind, id } = session.principal;
    this.#deps.logger.warn({ [kind]: id }, 'cut a connection: its credential is over');
    session.client.close();
    (session.client.conn as Duplex).destroy();
  }

  /** Why it may not connect now, for the log; null when it may. */
  refusedNow(id: string): string | null {
    if (this.#oversize.refusedUntil(id, this.#deps.clock.now()) !== null)
      return 'refused for an hour: three packets over the limit';
    return this.#deps.conduct.refused(id, this.#deps.steadyNow())
      ? 'refused for a while, as it said too much or only garbage'
      : null;
  }

  /** Whoever comes too often is let wait first, so that it does not come at once again. */
  async mayConnect({ kind, id }: Principal): Promise<boolean> {
    const waitMs = kind === 'provisioning' ? 0 : this.#deps.conduct.connects(id, this.#deps.steadyNow());
    if (waitMs === 0) return true;
    this.#counts.connectsRefused++;
    await pause(Math.min(waitMs, LONGEST_KNOCK_MS), undefined, { ref: false });
    return false;
  }
}
