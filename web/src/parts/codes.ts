// Codes of the API in words; a code without words shows as it is.
import { useTranslation } from 'react-i18next';
import type { ApiScope, Problem, WebhookDelivery } from '#contracts';
import type { Notification } from '../client/shapes.ts';
import { en } from '../words/en.ts';

const isKey = <T extends object>(words: T, code: string): code is string & keyof T => Object.hasOwn(words, code);

export function useSkillWords(): (skill: string) => string {
  const { t } = useTranslation();
  return (skill) => (isKey(en.skill, skill) ? t(`skill.${skill}`) : skill);
}

export function useCertificateWords(): (certificate: string) => string {
  const { t } = useTranslation();
  return (certificate) => (isKey(en.certificate, certificate) ? t(`certificate.${certificate}`) : certificate);
}

/** A part that a self-test tried; null for a name that is none. */
export function useTestWords(): (name: string) => string | null {
  const { t } = useTranslation();
  return (name) =>
    TESTED.includes(name as (typeof TESTED)[number]) ? t(`test.${name as (typeof TESTED)[number]}`) : null;
}
const TESTED = ['compressor_starts', 'fan_turns', 'defrost_heater_heats'] as const;

/** What a remote test measured stands among the answers as "command.part". */
const testedPart = (question: string): string | null => question.split('.')[1] ?? null;

/** A question and an answer that are no longer asked, by their codes. */
export function useAnswerWords() {
  const { t } = useTranslation();
  const testWords = useTestWords();
  return {
    question: (code: string) => {
      const tested = testedPart(code);
      if (tested !== null) return t('test.tested', { part: testWords(tested) ?? tested });
      return isKey(en.asked, code) ? t(`asked.${code}`) : code;
    },
    answer: (code: string, question: string) => {
      if (testedPart(question) !== null) return t(code === 'yes' ? 'test.works' : 'test.fails');
      return isKey(en.said, code) ? t(`said.${code}`) : code;
    },
  };
}

/** What the API refused, in the reader's language; null for a code without words. */
export function useProblemWords(): (problem: Problem) => string | null {
  const { t } = useTranslation();
  return ({ code }) => (isKey(en.problem, code) ? t(`problem.${code}`) : null);
}

/** Words are found by keys without "." and ":", which separate them. */
type Plain<Code extends string> = Code extends `${infer A}.${infer B}` | `${infer A}:${infer B}` ? `${A}-${B}` : Code;
const plain = <Code extends string>(code: Code): Plain<Code> => code.replace(/[.:]/, '-') as Plain<Code>;

export function useScopeWords(): (scope: ApiScope) => string {
  const { t } = useTranslation();
  return (scope) => t(`scope.${plain(scope)}`);
}

export function useEventWords(): (event: WebhookDelivery['type']) => string {
  const { t } = useTranslation();
  return (event) => t(`webhook.event.${plain(event)}`);
}

const CHANNELS: Record<string, 'email' | 'page' | 'sms'> = { mail: 'email', email: 'email', page: 'page', sms: 'sms' };

export function useMessageWords() {
  const { t } = useTranslation();
  return {
    channel: ({ channel }: Notification) => (CHANNELS[channel] ? t(`message.${CHANNELS[channel]}`) : channel),
    state: ({ state, reason }: Notification) => {
      if (state === 'sent') return t('message.sent');
      if (state === 'waiting') return t('message.waiting');
      if (reason === null) return t('message.notSent');
      return t('message.notSentBecause', { reason: reason === 'no mail server' ? t('message.noMailServer') : reason });
    },
  };
}
