// Only in a demo: the mails that were kept instead of sent, as a small page.
import type { FastifyInstance } from 'fastify';
import type { KeptMail } from './deps.ts';
import { PUBLIC } from './wall.ts';

export function serveDemoMail(app: FastifyInstance, sink: { mails(): readonly KeptMail[] }): void {
  app.get('/demo/mail', { config: PUBLIC, schema: { hide: true } }, (_request, reply) => {
    const newestFirst = [...sink.mails()].reverse().sort((a, b) => b.at - a.at);
    return reply.type('text/html; charset=utf-8').send(mailPage(newestFirst));
  });
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)。，；：！？）]/g;

/** Escaped, with its addresses as links. */
function body(text: string): string {
  let html = '';
  let done = 0;
  for (const match of text.matchAll(LINK)) {
    const link = escaped(match[0]);
    html += `${escaped(text.slice(done, match.index))}<a href="${link}">${link}</a>`;
    done = match.index + match[0].length;
  }
  return html + escaped(text.slice(done));
}

const mailHtml = (mail: KeptMail): string => `
<article>
  <h2>${escaped(mail.subject)}</h2>
  <p class="to"><time>${new Date(mail.at).toISOString().replace('T', ' ').slice(0, 16)} UTC</time> · ${escaped(mail.to)}</p>
  <pre>${body(mail.text)}</pre>
</article>`;

const mailPage = (mails: readonly KeptMail[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="10">
<title>Demo mailbox · 演示邮箱</title>
<style>
  body { margin: 0; background: #f6f7f5; color: #23302b; font: 16px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; }
  main { max-width: 42rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
  h1 { font-size: 1.4rem; font-weight: 600; margin: 0; }
  h2 { font-size: 1.05rem; font-weight: 600; margin: 0; }
  .lead, .to { color: #5d6b65; margin: .25rem 0 0; font-size: .9rem; }
  article { background: #fff; border: 1px solid #e1e6e2; border-radius: 12px; padding: 1.1rem 1.3rem; margin-top: 1rem; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: .8rem 0 0; }
  a { color: #1b6b52; }
</style>
</head>
<body>
<main>
<h1>Demo mailbox · <span lang="zh">演示邮箱</span></h1>
<p class="lead">Mails that the demo wrote and did not send, newest first. The page refreshes itself.<br>
<span lang="zh">演示平台写好但未发出的邮件，最新的在最上面。页面会自动刷新。</span></p>
${mails.length > 0 ? mails.map(mailHtml).join('') : '<article><p>No mail yet. · <span lang="zh">还没有邮件。</span></p></article>'}
</main>
</body>
</html>`;
