// A webhook goes where its owner says and nowhere it should not: judged by address, pinned to it, bounded in time and size.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isPublicAddress, openWebhookSender } from '#engines/webhook';
import { findTool, freePort } from '../servers/process.ts';
import { temporaryDir } from './databases.ts';

const openssl = findTool('openssl');

const noName = async (): Promise<string[]> => {
  throw new Error('nobody knows this name');
};

describe('an address', () => {
  it.each([
    '8.8.8.8',
    '93.184.215.14',
    '1.1.1.1',
    '2606:4700:4700::1111',
    '2a00:1450:4001:812::200e',
    '::ffff:8.8.8.8',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['this host', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['loopback', '127.0.0.1'],
    ['loopback, all of it', '127.255.255.254'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['link-local', '169.254.1.1'],
    ['the metadata of clouds', '169.254.169.254'],
    ['behind a carrier', '100.64.0.1'],
    ['the metadata of a cloud behind a carrier', '100.100.100.200'],
    ['the agent of a cloud', '168.63.129.16'],
    ['protocol assignments', '192.0.0.192'],
    ['documentation', '192.0.2.1'],
    ['benchmarks', '198.18.0.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['unique local', 'fc00::1'],
    ['the metadata of a cloud', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['loopback in IPv6', '::ffff:127.0.0.1'],
    ['metadata in IPv6', '::ffff:a9fe:a9fe'],
    ['IPv4-compatible', '::7f00:1'],
    ['translated', '::ffff:0:127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['local NAT64', '64:ff9b:1::7f00:1'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:7f00:1::'],
    ['documentation', '2001:db8::1'],
    ['discard', '100::1'],
    ['not assigned', '4000::1'],
    ['nothing', ''],
    ['a name', 'localhost'],
  ])('of kind "%s" is not public: %s', (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('before anything is sent', () => {
  const refusal = (url: string, addresses: readonly string[] | null = ['93.184.215.14']) =>
    openWebhookSender({ resolve: addresses === null ? noName : async () => addresses }).refusal(url);

  it.each([
    ['https://hooks.example.org/stethos?key=1'],
    ['https://hooks.example.org:8443/'],
    ['https://93.184.215.14/'],
    ['https://[2606:4700:4700::1111]/'],
  ])('%s is good', async (url) => {
    expect(await refusal(url)).toBeNull();
  });

  it.each([
    ['not-https', 'http://hooks.example.org/'],
    ['not-https', 'ftp://hooks.example.org/'],
    ['not-https', 'file:///etc/passwd'],
    ['not-https', 'no address'],
    ['credentials-in-url', 'https://user@hooks.example.org/'],
    ['credentials-in-url', 'https://:secret@hooks.example.org/'],
    ['forbidden-port', 'https://hooks.example.org:22/'],
    ['forbidden-port', 'https://hooks.example.org:80/'],
    ['forbidden-address', 'https://127.0.0.1/'],
    ['forbidden-address', 'https://127.1/'],
    ['forbidden-address', 'https://2130706433/'],
    ['forbidden-address', 'https://0x7f000001/'],
    ['forbidden-address', 'https://0177.0.0.1/'],
    ['forbidden-address', 'https://0x7f.1/'],
    ['forbidden-address', 'https://１２７.0.0.1/'],
    ['forbidden-address', 'https://127.0.0.1./'],
    ['forbidden-address', 'https://169.254.169.254/latest/meta-data/'],
    ['forbidden-address', 'https://2852039166/'],
    ['forbidden-address', 'https://0/'],
    ['forbidden-address', 'https://[::1]/'],
    ['forbidden-address', 'https://[::ffff:169.254.169.254]/'],
    ['forbidden-address', 'https://[fd00:ec2::254]/'],
    ['forbidden-address', 'https://[64:ff9b::a9fe:a9fe]/'],
  ])('it is refused as %s: %s', async (reason, url) => {
    expect(await refusal(url)).toBe(reason);
  });

  it('a name is refused when one of its addresses is not public, whichever', async () => {
    expect(await refusal('https://hooks.example.org/', ['169.254.169.254'])).toBe('forbidden-address');
    expect(await refusal('https://hooks.example.org/', ['93.184.215.14', '10.0.0.1'])).toBe('forbidden-address');
    expect(await refusal('https://hooks.example.org/', ['2606:4700:4700::1111', '::1'])).toBe('forbidden-address');
  });

  it('a name that nobody knows yet passes here, and is told when something is sent', async () => {
    expect(await refusal('https://hooks.example.org/', null)).toBeNull();
    const sender = openWebhookSender({ resolve: noName });
    expect(await sender.post({ url: 'https://hooks.example.org/', headers: {}, body: '{}' })).toEqual({
      reason: 'unknown-host',
    });
  });
});

describe('sending', () => {
  const stack: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const server of stack.splice(0)) await server[Symbol.asyncDispose]();
  });

  type Got = { method: string | undefined; url: string | undefined; headers: http.IncomingHttpHeaders; body: string };

  async function serve(
    answer: (response: http.ServerResponse) => void,
    tls?: { key: string; cert: string },
  ): Promise<{ port: number; got: Got[] }> {
    const got: Got[] = [];
    const take: http.RequestListener = async (request, response) => {
      const body = Buffer.concat(await Array.fromAsync(request)).toString();
      got.push({ method: request.method, url: request.url, headers: request.headers, body });
      answer(response);
    };
    const server = tls ? https.createServer(tls, take) : http.createServer(take);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    stack.push({
      async [Symbol.asyncDispose]() {
        server.close();
        server.closeAllConnections();
      },
    });
    return { port: (server.address() as AddressInfo).port, got };
  }

  const HOST = 'hooks.test';
  const loopback = async (): Promise<string[]> => ['127.0.0.1'];
  const allowing = { allowedHosts: [HOST], resolve: loopback };
  const call = (port: number, scheme = 'http') => ({
    url: `${scheme}://${HOST}:${port}/in?key=1#part`,
    headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1' },
    body: '{"wörd":1}',
  });

  it('posts the body with its headers to a host that the operator allows', async () => {
    const { port, got } = await serve((response) => response.writeHead(204).end());
    expect(await openWebhookSender(allowing).post(call(port))).toEqual({ status: 204 });
    expect(got).toMatchObject([{ method: 'POST', url: '/in?key=1', body: '{"wörd":1}' }]);
    expect(got[0]!.headers).toMatchObject({ host: `${HOST}:${port}`, 'webhook-id': 'msg_1', 'content-length': '11' });
  });

  it('does not connect when the name leads inside', async () => {
    const { port, got } = await serve((response) => response.end());
    const sender = openWebhookSender({ resolve: loopback });
    expect(await sender.post(call(port, 'https'))).toEqual({ reason: 'forbidden-address' });
    expect(got).toEqual([]);
  });

  it('asks for the address once: what was checked is what is used', async () => {
    const { port } = await serve((response) => response.end());
    const answers = [['127.0.0.1'], ['192.0.2.1']];
    let asked = 0;
    const sender = openWebhookSender({ allowedHosts: [`${HOST}:${port}`], resolve: async () => answers[asked++]! });
    expect(await sender.post(call(port))).toEqual({ status: 200 });
    expect(asked).toBe(1);
  });

  it('judges again at each send: a name that turns inside is refused then', async () => {
    const answers = [['93.184.215.14'], ['169.254.169.254']];
    const sender = openWebhookSender({ resolve: async () => answers.shift()! });
    expect(await sender.refusal(call(8443, 'https').url)).toBeNull();
    expect(await sender.post(call(8443, 'https'))).toEqual({ reason: 'forbidden-address' });
  });

  it('follows no redirect', async () => {
    const inside = await serve((response) => response.end('secret'));
    const location = `http://127.0.0.1:${inside.port}/`;
    const { port } = await serve((response) => response.writeHead(307, { location }).end());
    expect(await openWebhookSender(allowing).post(call(port))).toEqual({ status: 307 });
    expect(inside.got).toEqual([]);
  });

  it('reads a little of an endless answer', async () => {
    const { port } = await serve((response) => {
      const more = (): void => {
        while (response.writable && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    });
    expect(await openWebhookSender(allowing).post(call(port))).toEqual({ status: 200 });
  });

  it('waits no longer than it may for an answer, and takes a status whose body never ends', async () => {
    const silent = await serve(() => {});
    const endless = await serve((response) => void response.writeHead(200).flushHeaders());
    const sender = openWebhookSender({ ...allowing, timeoutMs: 1_000 });
    expect(await sender.post(call(silent.port))).toEqual({ reason: 'timed-out' });
    expect(await sender.post(call(endless.port))).toEqual({ status: 200 });
  });

  it('waits no longer than it may for a name', async () => {
    const sender = openWebhookSender({ resolve: () => new Promise(() => {}), timeoutMs: 50 });
    expect(await sender.post(call(8443, 'https'))).toEqual({ reason: 'timed-out' });
    expect(await sender.refusal(call(8443, 'https').url)).toBeNull();
  });

  it('says when nobody is there, and when the other side hangs up', async () => {
    const { port } = await serve((response) => response.destroy());
    const sender = openWebhookSender(allowing);
    expect(await sender.post(call(port))).toEqual({ reason: 'not-reachable' });
    expect(await sender.post(call(await freePort()))).toEqual({ reason: 'not-reachable' });
  });

  describe.skipIf(!openssl)('over TLS', () => {
    function certificateFor(host: string): { key: string; cert: string } {
      using dir = temporaryDir();
      const [keyFile, certFile] = [join(dir.path, 'key.pem'), join(dir.path, 'cert.pem')];
      const args = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2'.split(' ');
      const name = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
      execFileSync(openssl!, [...args, ...name, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' });
      return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
    }

    it('the certificate must be for the name, though the address is pinned', async () => {
      const own = certificateFor(HOST);
      const { port, got } = await serve((response) => response.end(), own);
      expect(await openWebhookSender({ ...allowing, ca: own.cert }).post(call(port, 'https'))).toEqual({ status: 200 });
      expect(got).toHaveLength(1);

      const other = certificateFor('elsewhere.test');
      const wrong = await serve((response) => response.end(), other);
      const sender = openWebhookSender({ ...allowing, ca: other.cert });
      expect(await sender.post(call(wrong.port, 'https'))).toEqual({ reason: 'tls-not-trusted' });
      expect(wrong.got).toEqual([]);
    });

    it('a certificate that nobody vouches for is not trusted', async () => {
      const { port, got } = await serve((response) => response.end(), certificateFor(HOST));
      expect(await openWebhookSender(allowing).post(call(port, 'https'))).toEqual({ reason: 'tls-not-trusted' });
      expect(got).toEqual([]);
    });
  });
});
