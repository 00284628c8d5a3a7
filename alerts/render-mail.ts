// A notification as a mail, in the language, units and time zone of the person it goes to.
import { type Id, type Person, type Phrase, say } from '#contracts';
import type { Mail } from './ports.ts';

export type Letter = { id: Id; subject: Phrase; lines: readonly Phrase[]; path: string };

const OPEN_PAGE: Phrase = { en: 'Open the page:', zh: '打开页面：' };

/** `applianceName` stands before the subject, so that a household with two fridges knows which. */
export function renderMail(letter: Letter, person: Person, applianceName: string | null, publicUrl: string): Mail {
  const subject = say(letter.subject, person);
  const lines = letter.lines.map((line) => say(line, person));
  return {
    to: { name: person.name, address: person.email },
    subject: applianceName === null ? subject : `${applianceName}: ${subject}`,
    text: `${lines.join('\n')}\n\n${say(OPEN_PAGE, person)} ${publicUrl}${letter.path}\n`,
    messageId: `${letter.id}@${new URL(publicUrl).hostname}`,
    language: person.language,
  };
}
