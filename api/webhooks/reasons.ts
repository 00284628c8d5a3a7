// Why a message did not arrive, in words for the owner of the endpoint.
import type { Phrase, WebhookReason } from '#contracts';

const WORDS: Record<WebhookReason, Phrase> = {
  'not-https': { en: 'The address must begin with https://.', zh: '地址必须以 https:// 开头。' },
  'credentials-in-url': {
    en: 'The address must not hold a user name or password.',
    zh: '地址中不能包含用户名或密码。',
  },
  'forbidden-port': {
    en: 'Only port 443 and ports from 1024 on are possible.',
    zh: '只能使用 443 端口或 1024 及以上的端口。',
  },
  'forbidden-address': {
    en: 'The address leads into a private or reserved network; only public addresses are possible.',
    zh: '该地址指向私有或保留网络；只能使用公网地址。',
  },
  'unknown-host': { en: 'The name of the host could not be resolved.', zh: '无法解析主机名。' },
  'not-reachable': { en: 'The server could not be reached.', zh: '无法连接服务器。' },
  'timed-out': { en: 'The server did not answer within 5 seconds.', zh: '服务器未在 5 秒内应答。' },
  'tls-not-trusted': {
    en: 'The certificate of the server is not trusted for this name.',
    zh: '服务器证书不受信任，或与主机名不符。',
  },
  'redirect-not-followed': {
    en: 'The server redirects to another address; redirects are not followed.',
    zh: '服务器要求跳转到其他地址；系统不会跟随跳转。',
  },
  'answered-with-error': { en: 'The server answered with an error.', zh: '服务器返回了错误。' },
  gone: { en: 'The server said that this endpoint is gone for good (410).', zh: '服务器表示该端点已永久停用（410）。' },
  'gave-up': { en: 'Nothing arrived for three days.', zh: '连续三天未能送达。' },
  'not-visible': {
    en: 'What this is about is no longer visible to the owner of the endpoint.',
    zh: '端点所有者已无权查看相关内容。',
  },
  'endpoint-off': { en: 'The endpoint was switched off before.', zh: '端点在此之前已停用。' },
  'owner-gone': {
    en: 'The person who made this endpoint may no longer see these things.',
    zh: '创建该端点的人已无权查看这些内容。',
  },
  'our-fault': { en: 'Something went wrong on our side.', zh: '我方系统出现问题。' },
  'by-request': { en: 'It was switched off by hand.', zh: '已手动停用。' },
};

export const wordsOf = (code: WebhookReason): Phrase => WORDS[code];

export const reasonView = (code: WebhookReason | null): { code: WebhookReason; text: Phrase } | null =>
  code === null ? null : { code, text: WORDS[code] };
