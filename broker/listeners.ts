// Where appliances knock: TCP, WebSocket, and TLS when there is a certificate.
import * as http from 'node:http';
import * as net from 'node:net';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { cannotListen, MINUTE, messageOf, PlatformError } from '#runtime';
import { showsForeignCertificate } from './certificate.ts';

export type ListenOptions = {
  host: string;
  /** For the two that are without TLS; without it `host`. */
  plainHost?: string;
  /** 0 picks a free port. */
  mqttPort: number;
  webSocketPort: number;
  /** With `clientIssuers` (PEM) appliances may show a certificate that one of them signed. */
  tls: { port: number; certificate: string; key: string; clientIssuers?: string } | null;
};

export type Listeners = {
  ports: { mqtt: number; webSocket: number; tls: number | null };
  /** Lets nobody in any more. */
  stopListening(): void;
  /** Ends every connection that is still open. */
  close(): Promise<void>;
};

type Limits = {
  packetBytes: number;
  /** Whoever says nothing that makes sense for so long is cut. */
  patienceMs: number;
};

/** A connection half-open for this long is probed, so that an appliance without keep-alive does not stay for ever. */
const PROBE_AFTER_MS = MINUTE;
const TOO_LONG = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';

export const isTooLong = (error: NodeJS.ErrnoException): boolean => error.code === TOO_LONG;

async function listen(server: net.Server, host: string, port: number, what: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(what, host, port, error)));
    server.listen(port, host, resolve);
  });
  // One connection that cannot be taken is no reason to end.
  server.on('error', () => {});
  return (server.address() as net.AddressInfo).port;
}

function webSocketServer({ packetBytes, patienceMs }: Limits, accept: (connection: Duplex) => void): http.Server {
  const server = http.createServer(
    { headersTimeout: patienceMs, requestTimeout: patienceMs, connectionsCheckingInterval: patienceMs },
    (_, response) => response.writeHead(426).end('This port speaks MQTT over WebSocket only.'),
  );
  const sockets = new WebSocketServer({ server, maxPayload: packetBytes + 1024, handleProtocols: () => 'mqtt' });
  sockets.on('connection', (socket) => accept(createWebSocketStream(socket)));
  sockets.on('error', () => {});
  return server;
}

/** Forward secrecy and authenticated encryption alone; of version 1.3 every suite has both. */
const SUITES = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

function tlsServer(
  { certificate, key, clientIssuers }: { certificate: string; key: string; clientIssuers?: string },
  { patienceMs }: Limits,
  accept: (connection: Duplex) => void,
): tls.Server {
  try {
    const options = {
      cert: certificate,
      key,
      minVersion: 'TLSv1.2' as const,
      ciphers: SUITES,
      handshakeTimeout: patienceMs,
    };
    // Asked for, not demanded: an appliance with a secret shows none. Who shows a wrong one goes no further.
    const asked = clientIssuers ? { requestCert: true, rejectUnauthorized: false, ca: clientIssuers } : {};
    const known = (socket: tls.TLSSocket): void =>
      void (showsForeignCertificate(socket) ? socket.destroy() : accept(socket));
    return tls.createServer({ ...options, ...asked }, known).on('tlsClientError', (_, socket) => socket.destroy());
  } catch (cause) {
    throw new PlatformError('bad-certificate', 'fatal', `The certificate cannot be used: ${messageOf(cause)}.`, {
      hint: 'TLS_CERT_FILE holds the certificate chain, TLS_KEY_FILE the private key of its first certificate, MQTT_CLIENT_CA_FILE the issuers of appliances, all as PEM.',
      cause,
    });
  }
}

const closed = (server: net.Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

/** Throws a PlatformError when it cannot listen; nothing stays open then. */
export async function openListeners(
  options: ListenOptions,
  limits: Limits,
  accept: (connection: Duplex) => void,
): Promise<Listeners> {
  const tcp = net.createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_AFTER_MS }, accept);
  const web = webSocketServer(limits, accept);
  const secure = options.tls ? tlsServer(options.tls, limits, accept) : null;
  const servers = [tcp, web, ...(secure ? [secure] : [])];
  const open = new Set<net.Socket>();
  for (const server of servers) {
    server.on('connection', (socket: net.Socket) => {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    });
  }
  let ended: Promise<unknown> | undefined;
  const stopListening = (): void => {
    ended ??= Promise.all(servers.filter(({ listening }) => listening).map(closed));
  };
  const close = async (): Promise<void> => {
    stopListening();
    for (const socket of open) socket.destroy();
    await ended;
  };
  const { plainHost = options.host } = options;
  try {
    const ports = {
      mqtt: await listen(tcp, plainHost, options.mqttPort, 'MQTT'),
      webSocket: await listen(web, plainHost, options.webSocketPort, 'MQTT over WebSocket'),
      tls: secure && options.tls ? await listen(secure, options.host, options.tls.port, 'MQTT over TLS') : null,
    };
    return { ports, stopListening, close };
  } catch (error) {
    await close();
    throw error;
  }
}
