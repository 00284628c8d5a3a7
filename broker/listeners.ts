// Where appliances knock: TCP, WebSocket, and TLS when there is a certificate.
import * as http from 'node:http';
import * as net from 'node:net';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { PlatformError } from '#runtime';

export type ListenOptions = {
  host: string;
  /** 0 picks a free port. */
  mqttPort: number;
  webSocketPort: number;
  tls: { port: number; certificate: string; key: string } | null;
};

export type Listeners = {
  ports: { mqtt: number; webSocket: number; tls: number | null };
  close(): Promise<void>;
};

async function listen(server: net.Server, host: string, port: number, what: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new PlatformError('cannot-listen', 'fatal', `Cannot listen for ${what} on ${host}:${port} (${error.code}).`, {
          hint:
            error.code === 'EADDRINUSE' ? 'Another program uses that port; set another one.' : 'Check host and port.',
          cause: error,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
  return (server.address() as net.AddressInfo).port;
}

const closed = (server: net.Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

export async function openListeners(
  options: ListenOptions,
  limitBytes: number,
  accept: (connection: Duplex) => void,
): Promise<Listeners> {
  const tcp = net.createServer({ noDelay: true }, accept);
  const web = http.createServer((_, response) =>
    response.writeHead(426).end('This port speaks MQTT over WebSocket only.'),
  );
  const sockets = new WebSocketServer({ server: web, maxPayload: limitBytes + 1024, handleProtocols: () => 'mqtt' });
  sockets.on('connection', (socket) => accept(createWebSocketStream(socket)));
  sockets.on('error', () => {});
  const secure = options.tls
    ? tls.createServer({ cert: options.tls.certificate, key: options.tls.key, minVersion: 'TLSv1.2' }, accept)
    : null;
  secure?.on('tlsClientError', () => {});
  const ports = {
    mqtt: await listen(tcp, options.host, options.mqttPort, 'MQTT'),
    webSocket: await listen(web, options.host, options.webSocketPort, 'MQTT over WebSocket'),
    tls: secure && options.tls ? await listen(secure, options.host, options.tls.port, 'MQTT over TLS') : null,
  };
  return {
    ports,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await Promise.all([tcp, web, ...(secure ? [secure] : [])].map(closed));
    },
  };
}
