import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tls from 'node:tls';
import { connectAsync } from 'mqtt';
import { generate } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Notice, noticesTopic, upTopic } from '#contracts';
import { openListeners } from '../../broker/listeners.ts';
import { findTool, freePort } from '../servers/process.ts';
import { bodies, openDoor } from './door.ts';

const openssl = findTool('openssl');

const ended = (socket: net.Socket): Promise<void> =>
  new Promise((resolve) => socket.on('error', () => {}).once('close', () => resolve()));

describe('MQTT over WebSocket', () => {
  it('takes what an appliance says, and answers', async () => {
    await using door = await openDoor();
    const fridge = door.appliance();
    const client = await connectAsync(`ws://127.0.0.1:${door.broker.ports.webSocket}`, {
      clientId: fridge.id,
      username: fridge.id,
      password: fridge.secret,
    });
    const heard = new Promise<string>((resolve) => client.once('message', (_, payload) => resolve(payload.toString())));
    await client.subscribeAsync(noticesTopic(fridge.id));
    const large = 'x'.repeat(40_000);
    await client.publishAsync(upTopic(fridge.id, 'telemetry'), large, { qos: 1 });
    const notice: Notice = { code: 'server-time', at: 1, reason: 'y' };
    door.broker.downlink.notify(fridge.id, notice);
    expect(JSON.parse(await heard)).toEqual(notice);
    await client.endAsync();
    expect(bodies(await door.recorded(fridge.id, 'message'))).toEqual([large]);
  });

  it('cuts a message over the limit, and the appliance hears why', async () => {
    await using door = await openDoor({ maxPacketBytes: 64 * 1024 });
    const fridge = door.appliance();
    const socket = new WebSocket(`ws://127.0.0.1:${door.broker.ports.webSocket}`, 'mqtt');
    await new Promise((resolve) => socket.once('open', resolve));
    const { id, secret } = fridge;
    socket.send(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: id,
        username: id,
        password: Buffer.from(secret),
        keepalive: 0,
      }),
    );
    await door.recorded(id, 'connected');
    const closed = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve));
    // A whole packet in one WebSocket message, as browsers send it.
    const payload = Buffer.alloc(10 * 1024 * 1024);
    socket.send(
      generate({
        cmd: 'publish',
        topic: upTopic(id, 'telemetry'),
        payload,
        qos: 1,
        messageId: 1,
        retain: false,
        dup: false,
      }),
    );
    await closed;
    const [gone] = await door.recorded(id, 'disconnected');
    expect(JSON.parse(Buffer.from(gone!.body).toString())).toMatchObject({ cause: 'refused' });
    await using back = await door.connect(fridge);
    await back.subscribe(noticesTopic(id));
    expect((await back.next('publish')).payload.toString()).toContain('packet-too-large');
  });

  it('tells a browser that comes for a page what this port is', async () => {
    await using door = await openDoor();
    const answer = await fetch(`http://127.0.0.1:${door.broker.ports.webSocket}/`);
    expect(answer.status).toBe(426);
    expect(await answer.text()).toContain('MQTT over WebSocket');
  });
});

describe.skipIf(!openssl)('MQTT over TLS', () => {
  let certificate: string;
  let key: string;
  let folder: string;
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-tls-'));
    const [cert, keyFile] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
    const args = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost';
    const subject = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync(openssl!, [...args.split(' '), ...subject, '-keyout', keyFile, '-out', cert], { stdio: 'ignore' });
    certificate = fs.readFileSync(cert, 'utf8');
    key = fs.readFileSync(keyFile, 'utf8');
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('takes what an appliance says that trusts the certificate', async () => {
    await using door = await openDoor({ tls: { certificate, key } });
    const fridge = door.appliance();
    const client = await connectAsync(`mqtts://127.0.0.1:${door.broker.ports.tls}`, {
      clientId: fridge.id,
      username: fridge.id,
      password: fridge.secret,
      ca: certificate,
    });
    await client.publishAsync(upTopic(fridge.id, 'telemetry'), 'secret', { qos: 1 });
    await client.endAsync();
    expect(bodies(await door.recorded(fridge.id, 'message'))).toEqual(['secret']);
  });

  it('speaks no version older than 1.2, and stays up for those who do', async () => {
    await using door = await openDoor({ tls: { certificate, key } });
    const port = door.broker.ports.tls!;
    const old = tls.connect({ port, host: '127.0.0.1', ca: certificate, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' });
    await ended(old);
    const plain = net.connect(port, '127.0.0.1');
    plain.write('GET / HTTP/1.1\r\n\r\n');
    await ended(plain.resume());
    const good = tls.connect({ port, host: '127.0.0.1', ca: certificate });
    await new Promise((resolve) => good.once('secureConnect', resolve));
    good.destroy();
  });

  it('is refused at the start with a certificate that is none, and nothing stays open', async () => {
    await expect(openDoor({ tls: { certificate: 'not a certificate', key } })).rejects.toMatchObject({
      code: 'bad-certificate',
      kind: 'fatal',
    });
  });
});

describe('a port that is taken', () => {
  it('is named, with what to do, and nothing stays open', async () => {
    const taken = net.createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as net.AddressInfo;
    const free = await freePort();
    const options = { host: '127.0.0.1', mqttPort: free, webSocketPort: port, tls: null };
    await expect(openListeners(options, { packetBytes: 1000, patienceMs: 1000 }, () => {})).rejects.toMatchObject({
      code: 'cannot-listen',
      hint: 'Another program uses that port; set another one.',
    });
    // The first port is free again.
    const again = net.createServer();
    await new Promise<void>((resolve, reject) => again.once('error', reject).listen(free, '127.0.0.1', resolve));
    again.close();
    taken.close();
  });
});

describe('a connection that says nothing that makes sense', () => {
  const dripping = (port: number): net.Socket => {
    const socket = net.connect(port, '127.0.0.1');
    // The head of a CONNECT, and then one byte of it now and again.
    socket.write(Buffer.from([0x10, 0x7f]));
    const drip = setInterval(() => socket.write(Buffer.from([0])), 20);
    socket.once('close', () => clearInterval(drip));
    return socket;
  };

  it('is closed, whichever door it came by, while others are served', async () => {
    await using door = await openDoor({ patienceMs: 300 });
    const { mqtt, webSocket } = door.broker.ports;
    const upgraded = new WebSocket(`ws://127.0.0.1:${webSocket}`, 'mqtt');
    const upgradedClosed = new Promise((resolve) => upgraded.on('error', () => {}).once('close', resolve));
    const halfRequest = net.connect(webSocket, '127.0.0.1');
    halfRequest.write('GET / HTTP/1.1\r\nHost: x\r\n');
    const all = [
      ended(net.connect(mqtt, '127.0.0.1')),
      ...Array.from({ length: 50 }, () => ended(dripping(mqtt))),
      ended(net.connect(webSocket, '127.0.0.1').resume()),
      ended(halfRequest.resume()),
      upgradedClosed,
    ];
    await using client = await door.connect(door.appliance());
    await Promise.all(all);
    expect(await client.sofar()).toEqual([]);
  });
});

describe('stopping', () => {
  it('does not wait for connections that say nothing, and lets nobody in any more', async () => {
    // Nobody is cut for being slow in this test: only stopping ends a connection.
    await using door = await openDoor({ patienceMs: 600_000 });
    const { mqtt, webSocket } = door.broker.ports;
    const silent = [net.connect(mqtt, '127.0.0.1'), net.connect(webSocket, '127.0.0.1')];
    await Promise.all(silent.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const agent = new http.Agent({ keepAlive: true });
    await new Promise<void>((resolve) =>
      http.get({ port: webSocket, host: '127.0.0.1', agent }, (response) => response.resume().once('end', resolve)),
    );
    const gone = silent.map(ended);
    await door.stop();
    await Promise.all(gone);
    agent.destroy();
    for (const port of [mqtt, webSocket]) {
      const late = net.connect(port, '127.0.0.1');
      await expect(
        new Promise((resolve, reject) => late.once('connect', resolve).once('error', reject)),
      ).rejects.toThrow('ECONNREFUSED');
    }
  });
});
