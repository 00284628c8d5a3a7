// One appliance's MQTT connection. A message is kept until its PUBACK; a new connection sends again what has none.
import { connect, type MqttClient } from 'mqtt';
import { type Id, Notice, noticesTopic, type TelemetryPayload, upTopic } from '#contracts';

export type PublisherOptions = {
  /** mqtt://, mqtts://, ws:// or wss:// */
  url: string;
  id: Id;
  secret: string;
  /** Messages on their way at once. */
  inFlight?: number;
  /** First and longest wait before another attempt to connect. */
  retryMs?: { first: number; most: number };
  on?: PublisherEvents;
};

export type PublisherEvents = {
  connected?(): void;
  /** Lost, or not reached. The next attempt follows by itself, in `retryMs`. */
  disconnected?(reason: string, retryMs: number): void;
  /** The broker does not take this id and secret. Another attempt follows, but only new credentials will help. */
  refused?(reason: string): void;
  notice?(notice: Notice): void;
  /** There is room for another message, or the last one was acknowledged. */
  progress?(): void;
};

export interface Publisher extends AsyncDisposable {
  /** Whether another message may be sent now. */
  readonly ready: boolean;
  /** Messages sent and not yet acknowledged. */
  readonly unacknowledged: number;
  readonly acknowledged: number;
  send(payload: TelemetryPayload): void;
  /** Without network the connection is cut without a goodbye, and no attempt is made. */
  setNetwork(up: boolean): void;
}

const GOODBYE_MS = 2_000;
const REFUSED_CODES = new Set([2, 4, 5]);

type Session = { client: MqttClient; reason: string; refused: boolean };

export function openPublisher(options: PublisherOptions): Publisher {
  const { inFlight = 8, retryMs = { first: 1_000, most: 60_000 }, on = {} } = options;
  const topic = upTopic(options.id, 'telemetry');
  const unacknowledged = new Map<number, string>();
  let ordinal = 0;
  let acknowledged = 0;
  let failures = 0;
  let session: Session | null = null;
  let connected = false;
  let network = false;
  let retry: NodeJS.Timeout | undefined;

  function transmit(key: number, text: string): void {
    session!.client.publish(topic, text, { qos: 1 }, (error) => {
      // Without PUBACK it stays, and the next connection sends it again.
      if (error || !unacknowledged.delete(key)) return;
      acknowledged += 1;
      on.progress?.();
    });
  }

  function begun(): void {
    failures = 0;
    connected = true;
    on.connected?.();
    session!.client.subscribe(noticesTopic(options.id), { qos: 1 }, () => {});
    for (const [key, text] of unacknowledged) transmit(key, text);
    on.progress?.();
  }

  function over(ended: Session): void {
    if (ended !== session) return;
    session = null;
    connected = false;
    if (!network) return;
    const wait = Math.min(retryMs.most, retryMs.first * 2 ** failures) * (0.5 + Math.random() / 2);
    failures += 1;
    if (ended.refused) on.refused?.(ended.reason);
    else on.disconnected?.(ended.reason, wait);
    if (network) retry = setTimeout(open, wait);
  }

  function open(): void {
    const client = connect(options.url, {
      clientId: options.id,
      username: options.id,
      password: options.secret,
      protocolVersion: 4,
      clean: true,
      // Each attempt is a client of its own: what to send again is decided here, not in the library's store.
      reconnectPeriod: 0,
      connectTimeout: 5_000,
    });
    const mine: Session = { client, reason: 'the connection was closed', refused: false };
    session = mine;
    client.on('connect', () => mine === session && begun());
    client.on('error', (error: Error & { code?: number | string }) => {
      mine.reason = error.message || String(error.code);
      mine.refused = typeof error.code === 'number' && REFUSED_CODES.has(error.code);
    });
    client.on('message', (_topic, payload) => {
      const notice = readNotice(payload);
      if (notice) on.notice?.(notice);
    });
    client.on('close', () => over(mine));
  }

  function setNetwork(up: boolean): void {
    if (up === network) return;
    network = up;
    clearTimeout(retry);
    failures = 0;
    if (up) return open();
    const { client } = session ?? {};
    session = null;
    connected = false;
    client?.end(true);
  }

  return {
    get ready() {
      return connected && unacknowledged.size < inFlight;
    },
    get unacknowledged() {
      return unacknowledged.size;
    },
    get acknowledged() {
      return acknowledged;
    },
    send(payload) {
      const text = JSON.stringify(payload);
      const key = ordinal++;
      unacknowledged.set(key, text);
      if (connected) transmit(key, text);
    },
    setNetwork,
    async [Symbol.asyncDispose]() {
      const { client } = session ?? {};
      session = null;
      network = false;
      clearTimeout(retry);
      if (client) await goodbye(client, connected);
      connected = false;
    },
  };
}

async function goodbye(client: MqttClient, connected: boolean): Promise<void> {
  const force = setTimeout(() => client.stream?.destroy(), GOODBYE_MS);
  await client.endAsync(!connected).catch(() => {});
  clearTimeout(force);
}

function readNotice(payload: Uint8Array): Notice | null {
  try {
    return Notice.safeParse(JSON.parse(new TextDecoder().decode(payload))).data ?? null;
  } catch {
    return null;
  }
}
