// Commands down: each connection that listens gets what waits for its appliances, once. Rows are taken from the registry
// when one is asked for, when an appliance subscribes, and by a look now and then that finds what was not heard of.
import { setTimeout } from 'node:timers/promises';
import type { Client } from 'aedes';
import { commandsTopic, type Id, parseDownTopic, parseGatewayTopic } from '#contracts';
import { type Logger, messageOf } from '#runtime';
import { gatewayFilter, grantedOn, sendTo } from './down.ts';
import type { Commands } from './ports.ts';
import type { Session, Sessions } from './sessions.ts';

type CommandsDeps = { commands: Commands; sessions: Sessions; logger: Logger };
type Due = Awaited<ReturnType<Commands['take']>>[number];

/** Subscriptions of a street that comes back are gathered into few questions. */
const GATHER_MS = 10;
const AT_ONCE = 1_000;

export class CommandsDown {
  readonly #deps: CommandsDeps;
  /** Connections that have subscribed, with what each was sent since. */
  readonly #listening = new Map<Session, Set<Id>>();
  /** Appliances to ask for; true: also for what was sent to another connection before. */
  readonly #wanted = new Map<Id, boolean>();
  #asking: Promise<void> | null = null;
  #deafen: (() => Promise<void>) | undefined;
  #stopped = false;

  constructor(deps: CommandsDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#deafen = await this.#deps.commands.listen(
      (appliance) => this.#asked(appliance),
      () => void this.look(),
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#deafen?.();
    await this.#asking;
  }

  /** It may hear commands since now. Most subscriptions are for something else. */
  subscribed(session: Session, topics: readonly string[]): void {
    const appliances = topics.flatMap((topic) => applianceIn(session, topic));
    if (appliances.length === 0) return;
    this.#listening.set(session, new Set());
    for (const appliance of appliances) this.#want(appliance, true);
  }

  /** These appliances stand behind a gateway since now, which may listen for all that do. */
  attached(appliances: readonly Id[]): void {
    for (const appliance of appliances) if (this.#listenerFor(appliance)) this.#want(appliance, true);
  }

  /** Finds what waits for whoever listens here and was not heard of. Never throws. */
  async look(): Promise<void> {
    for (const session of this.#listening.keys()) if (session.state === 'over') this.#listening.delete(session);
    if (this.#listening.size === 0) return;
    try {
      for (let after: Id | null = null; !this.#stopped; ) {
        const waiting: Id[] = await this.#deps.commands.waiting(after, AT_ONCE);
        for (const appliance of waiting) if (this.#listenerFor(appliance)) this.#want(appliance, true);
        if (waiting.length < AT_ONCE) break;
        after = waiting.at(-1)!;
      }
      await this.#asking;
    } catch (error) {
      this.#deps.logger.warn({ error: messageOf(error) }, 'cannot look for commands that wait; trying again');
    }
  }

  #asked(appliance: Id): void {
    if (this.#listenerFor(appliance)) this.#want(appliance, false);
  }

  #want(appliance: Id, again: boolean): void {
    if (this.#stopped) return;
    this.#wanted.set(appliance, again || (this.#wanted.get(appliance) ?? false));
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
  }

  async #ask(): Promise<void> {
    await setTimeout(GATHER_MS);
    while (this.#wanted.size > 0 && !this.#stopped) {
      const again = this.#wanted.values().next().value!;
      const appliances = this.#next(again);
      try {
        for (const due of await this.#deps.commands.take(appliances, again)) this.#send(due);
      } catch (error) {
        // What was taken and not sent, if any, is found by the next look.
        this.#deps.logger.warn({ error: messageOf(error) }, 'cannot take commands that wait; trying again');
      }
    }
  }

  #next(again: boolean): Id[] {
    const appliances: Id[] = [];
    for (const [appliance, wanted] of this.#wanted) {
      if (wanted !== again || appliances.length === AT_ONCE) continue;
      appliances.push(appliance);
      this.#wanted.delete(appliance);
    }
    return appliances;
  }

  #send({ appliance, payload }: Due): void {
    const listener = this.#listenerFor(appliance);
    const sent = listener && this.#listening.get(listener.session);
    if (!sent || sent.has(payload.command)) return;
    sent.add(payload.command);
    sendTo(listener.session.client, listener.topic, Buffer.from(JSON.stringify(payload)), listener.qos);
  }

  /** Itself, if it listens; else the gateway that it stands behind. */
  #listenerFor(appliance: Id): { session: Session; topic: string; qos: number } | null {
    const itself = this.#deps.sessions.online(appliance);
    for (const session of [...(itself ? [itself] : []), ...this.#deps.sessions.speakersFor(appliance)]) {
      if (!this.#listening.has(session) || session.client.closed || session.revoked) continue;
      const { kind, id } = session.principal;
      const topic = commandsTopic(appliance, kind === 'gateway' ? id : null);
      const granted = grantedFor(session.client, session.principal, topic);
      if (granted) return { session, topic, qos: granted.qos };
    }
    return null;
  }
}

const grantedFor = (client: Client, { kind, id }: Session['principal'], topic: string): { qos: number } | undefined =>
  grantedOn(client, topic) ?? (kind === 'gateway' ? grantedOn(client, gatewayFilter(id, 'commands')) : undefined);

/** The appliances whose commands this subscription is for. */
function applianceIn({ principal }: Session, topic: string): readonly Id[] {
  if (principal.kind === 'appliance') return parseDownTopic(topic)?.channel === 'commands' ? [principal.id] : [];
  const parsed = principal.kind === 'gateway' ? parseGatewayTopic(topic) : null;
  if (principal.kind !== 'gateway' || parsed?.channel !== 'commands') return [];
  return parsed.appliance === '+' ? [...principal.behind.keys()] : [parsed.appliance];
}
