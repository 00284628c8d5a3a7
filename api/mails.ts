// Some things are done by a mail with a link; without a mail server it is better to say so than to let somebody wait.
import type { ApiDeps } from './deps.ts';
import { problem } from './problems.ts';

export function mustSendMails({ alerts }: Pick<ApiDeps, 'alerts'>): void {
  if (alerts.mail === null) throw problem('no-mail-server', 'This platform sends no mails yet.');
}
