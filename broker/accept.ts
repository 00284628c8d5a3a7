// What an appliance says, into the log. Content is judged by the consumer, never here: an error here cuts the appliance,
// which would resend for ever.
import type { Client } from 'aedes';
import type { Notice } from '#contracts';
import type { Clock, LogWriter, Tracer } from '#runtime';
import { mayPublish, type PublishVerdict } from './access.ts';
import type { Conduct } from './conduct.ts';
import type { Session } from './sessions.ts';
import { upRecord } from './up-record.ts';

export type Heard = { topic: string; payload: Buffer | string; qos: number };
type Done = (error?: Error | null) => void;

type AcceptDeps = {
  log: LogWriter;
  clock: Clock;
  tracer?: Tracer | undefined;
  conduct: Conduct;
  /** In ms, only forward. */
  steadyNow: () => number;
  refuse: (session: Session, what: string, notice: Notice) => void;
  tooFast: (session: Session) => void;
  firstContact: (session: Session, payload: Buffer) => Promise<void>;
};

const NOTHING = Buffer.alloc(0);
const notConnected = (): Error => new Error('not connected');

export class Acceptance {
  readonly #deps: AcceptDeps;

  constructor(deps: AcceptDeps) {
    this.#deps = deps;
  }

  accept(client: Client | null, session: Session | undefined, packet: Heard, done: Done): void {
    if (!client || !session || session.revoked) return done(notConnected());
    const verdict = mayPublish(session.principal, packet.topic);
    if (!verdict.allowed) {
      const notice: Notice = { code: 'rejected-message', at: this.#deps.clock.now(), reason: verdict.reason };
      this.#deps.refuse(session, 'a topic that is not its own', notice);
      return done(new Error('topic not allowed'));
    }
    const body = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    // Aedes keeps a QoS 2 packet until it is released, to know a repeat; it needs no payload for that.
    if (packet.qos === 2) packet.payload = NOTHING;
    if (verdict.what === 'first-contact') {
      return void this.#deps.firstContact(session, body).then(() => done(), done);
    }
    this.#inTurn(session, verdict, body, done);
  }

  /** What is over a limit waits, and so does its acknowledgement; a will comes when the connection is over and never waits. */
  #inTurn(session: Session, said: Message, body: Buffer, done: Done): void {
    const over = session.client.closed;
    const waitMs = over ? 0 : this.#waitFor(session, said, body);
    if (waitMs === null) return done(new Error('too fast for too long'));
    session.waiting++;
    const leave: Done = (error) => {
      session.waiting--;
      done(error);
    };
    const pass = (): void => this.#append(said, body, leave);
    if (over) pass();
    else session.line.enter(waitMs, pass, () => leave(notConnected()));
  }

  /** Null when it is cut. */
  #waitFor(session: Session, { appliance }: Message, { length: bytes }: Buffer): number | null {
    const { conduct, steadyNow, tooFast } = this.#deps;
    const now = steadyNow();
    const { kind, id } = session.principal;
    let waitMs = conduct.heard(appliance, { bytes }, now);
    if (kind === 'gateway') waitMs = Math.max(waitMs, conduct.heard(id, { bytes, gateway: true }, now));
    if (waitMs === 0) return 0;
    if (!conduct.tooLong(appliance, now) && !conduct.tooLong(id, now)) return waitMs;
    tooFast(session);
    return null;
  }

  #append(said: Message, body: Buffer, done: Done): void {
    const { appliance, channel } = said;
    const at = this.#deps.clock.now();
    const accepted = this.#deps.tracer?.begin({ step: 'accept', heard: { appliance, heardAt: at } });
    this.#deps.log.append(upRecord(said, at, body), (error) => {
      if (!error) accepted?.({ channel, bytes: body.length });
      done(error);
    });
  }
}

type Message = Extract<PublishVerdict, { allowed: true; what: 'message' }>;
