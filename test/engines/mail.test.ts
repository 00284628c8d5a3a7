// Mail goes out through a real SMTP server, and a failure says whether trying again can help.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mail } from '#alerts';
import { type MailSink, openMailSender, startMailSink } from '#engines/smtp';
import { manualClock } from '#runtime';
import { freePort } from '../servers/process.ts';

const NOW = 1_763_756_400_000;
const FROM = 'Stethos <care@stethos.example>';
const { clock } = manualClock(NOW);

const mail = (change: Partial<Mail> = {}): Mail => ({
  to: { name: '李雷', address: 'li.lei@example.com' },
  subject: '您的冰箱太热了，请检查门是否关好',
  text: '冷藏室现在 12.4 °C。\n请检查门是否关好。\n\nhttps://home.example/alerts/1',
  messageId: 'alert-1@stethos.example',
  language: 'zh-CN',
  ...change,
});

describe('the mail sink', () => {
  let sink: MailSink;
  beforeEach(async () => {
    sink = await startMailSink({ host: '127.0.0.1', port: 0, clock });
  });
  afterEach(() => sink[Symbol.asyncDispose]());

  it('receives what the sender sends, Chinese included', async () => {
    await using sender = openMailSender({ smtpUrl: sink.url, from: FROM });
    await sender.send(mail());
    const [got, ...others] = sink.mails();
    expect(others).toEqual([]);
    expect(got).toEqual({
      id: 'alert-1@stethos.example',
      to: '李雷 <li.lei@example.com>',
      subject: '您的冰箱太热了，请检查门是否关好',
      text: expect.stringContaining('冷藏室现在 12.4 °C。\n请检查门是否关好。\n\nhttps://home.example/alerts/1'),
      at: NOW,
    });
  });

  it('keeps the last 200, newest first, and a repeat once', async () => {
    await using sender = openMailSender({ smtpUrl: sink.url, from: FROM });
    for (let n = 1; n <= 203; n++) await sender.send(mail({ messageId: `m${n}@stethos.example` }));
    await sender.send(mail({ messageId: 'm100@stethos.example' }));
    const ids = sink.mails().map(({ id }) => id);
    expect(ids).toHaveLength(200);
    expect(ids.slice(0, 2)).toEqual(['m100@stethos.example', 'm203@stethos.example']);
    expect(ids.at(-1)).toBe('m4@stethos.example');
  });
});

describe('the mail sender', () => {
  /** A server that answers the recipient `N@...` with the SMTP code N, and lets nobody log in. */
  async function difficultServer(): Promise<AsyncDisposable & { port: number }> {
    const server = new SMTPServer({
      authOptional: true,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 100,
      onAuth: (_auth, _session, callback) => callback(new Error('wrong password')),
      onRcptTo({ address }, _session, callback) {
        const responseCode = Number.parseInt(address, 10);
        callback(responseCode > 0 ? Object.assign(new Error('no'), { responseCode }) : null);
      },
      onData(stream, _session, callback) {
        stream.resume().on('end', () => callback(Object.assign(new Error('too much mail'), { responseCode: 452 })));
      },
    });
    server.on('error', () => {});
    const listener = server.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return {
      port: (listener.address() as AddressInfo).port,
      [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
    };
  }
  const to = (address: string): Mail => mail({ to: { name: 'Li Lei', address } });

  it.each([
    ['an unknown recipient (550)', '550@example.com', 'reject'],
    ['a recipient that is busy (450)', '450@example.com', 'retry'],
    ['a server that is full (452)', 'li.lei@example.com', 'retry'],
    ['an address that is none', 'not an address', 'reject'],
  ])('calls %s (%s) a case of %s', async (_, address, kind) => {
    await using server = await difficultServer();
    await using sender = openMailSender({ smtpUrl: `smtp://127.0.0.1:${server.port}`, from: FROM });
    await expect(sender.send(to(address))).rejects.toMatchObject({ name: 'PlatformError', kind });
  });

  it('keeps a mail for later when the server refuses our password, and says what to look at', async () => {
    await using server = await difficultServer();
    await using sender = openMailSender({ smtpUrl: `smtp://me:wrong@127.0.0.1:${server.port}`, from: FROM });
    await expect(sender.send(mail())).rejects.toMatchObject({
      kind: 'retry',
      hint: expect.stringContaining('SMTP_URL'),
    });
  });

  it('keeps a mail for later when nobody answers', async () => {
    await using sender = openMailSender({ smtpUrl: `smtp://127.0.0.1:${await freePort()}`, from: FROM });
    await expect(sender.send(mail())).rejects.toMatchObject({ code: 'mail-not-sent', kind: 'retry' });
  });
});
