// A notification as a mail, in the language, units and time zone of the person it goes to.
import { type Id, type Person, type Phrase, say } from '#contracts';
import type { Mail } from './ports.ts';

const SOMEBODY: Phrase = { en: 'Somebody', zh: '有人' };

export type Letter = { id: Id; subject: Phrase; lines: readonly Phrase[]; path: string };

const OPEN_PAGE: Phrase = { en: 'Open the page:', zh: '打开页面：' };

/** `appliance` stands before the subject, so that a household with two fridges knows which; `person` in the place of `{person}`. */
export type Names = { appliance: string | null; person: string | null };

export function renderMail(letter: Letter, person: Person, names: Names, publicUrl: string): Mail {
  const [subject, ...lines] = [letter.subject, ...letter.lines].map((words) =>
    say(words, person).replaceAll('{person}', () => names.person ?? say(SOMEBODY, person)),
  ) as [string, ...string[]];
  return {
    to: { name: person.name, address: person.email },
    subject: names.appliance === null ? subject : `${names.appliance}: ${subject}`,
    text: `${lines.join('\n')}\n\n${say(OPEN_PAGE, person)} ${publicUrl}${letter.path}\n`,
    messageId: `${letter.id}@${new URL(publicUrl).hostname}`,
    language: person.language,
  };
}
