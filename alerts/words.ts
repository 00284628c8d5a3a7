// What people are told about an alert: what happened, what to do now, and what we will do if nothing happens.
import { compose, type Finding, type Phrase, type RankedCause, UNKNOWN_CAUSE } from '#contracts';
import type { AlertRecord } from './alert-record.ts';

export type TellingKind = 'opened' | 'changed' | 'reminder';
export type MessageKind = TellingKind | 'resolved' | 'withdrawn';
export type Message = { subject: Phrase; lines: Phrase[] };

/** Ends a paragraph. */
const GAP: Phrase = { en: '', zh: '' };

const SUBJECTS: Record<MessageKind, readonly [en: string, zh: string]> = {
  opened: ['{title}', '{title}'],
  changed: ['Update: {title}', '更新：{title}'],
  reminder: ['Reminder: {title}', '提醒：{title}'],
  resolved: ['Fine again: {title}', '已恢复正常：{title}'],
  withdrawn: ['False alarm: {title}', '误报：{title}'],
};

export function wordsOf(kind: MessageKind, alert: AlertRecord): Message {
  const { title } = alert.finding;
  const subject = compose(...SUBJECTS[kind], { title });
  switch (kind) {
    case 'resolved':
      return {
        subject,
        lines: [
          compose(
            'It is fine again: “{title}” is over. There is nothing left for you to do.',
            '已恢复正常：“{title}”已经结束，您无需再做任何事。',
            { title },
          ),
        ],
      };
    case 'withdrawn':
      return {
        subject,
        lines: [
          compose(
            'We were wrong: readings that arrived later show that it was not so (“{title}”). We are sorry for the disturbance.',
            '我们判断有误：随后收到的数据表明情况并非如此（“{title}”）。打扰您了，非常抱歉。',
            { title },
          ),
        ],
      };
    default:
      return { subject, lines: told(alert) };
  }
}

function told(alert: AlertRecord): Phrase[] {
  const { finding } = alert;
  const top = finding.causes[0]!;
  return [
    finding.summary,
    why(top),
    ...whatToDo(top),
    GAP,
    ...(alert.handedOverAt === null ? whatWeDo(alert) : [ARRANGING]),
    ...asked(finding),
  ];
}

/** Less likely than all others together, it is a guess, and is said as one. */
const LIKELY = 0.5;

function why({ cause, name, probability, explanation }: RankedCause): Phrase {
  if (probability >= LIKELY || cause === UNKNOWN_CAUSE) return explanation;
  return compose(
    'It is not certain why. The likeliest, with {probability}: {cause}.',
    '原因尚不能确定。可能性最大的是（{probability}）：{cause}。',
    { cause: name, probability: { value: probability * 100, unit: '%' } },
  );
}

const ARRANGING: Phrase = {
  en: 'A technician’s visit is being arranged.',
  zh: '我们正在为您安排技术人员上门。',
};

function whatToDo({ remedy }: RankedCause): Phrase[] {
  const byOwner = remedy.by === 'owner';
  const steps = byOwner ? remedy.steps : remedy.meanwhile;
  if (steps.length === 0) return [];
  const header: Phrase = byOwner
    ? { en: 'What to do now:', zh: '现在请这样做：' }
    : { en: 'What to do until it is repaired:', zh: '修好之前请这样做：' };
  return [GAP, header, ...steps.map((step) => compose('- {step}', '- {step}', { step }))];
}

/** What happens by itself, soonest first; the view shows the first of them. */
export function comingSteps(alert: AlertRecord): { at: number; text: Phrase }[] {
  const steps: { at: number; text: Phrase }[] = [];
  const coming = (at: number | null, en: string, zh: string) => {
    if (at !== null) steps.push({ at, text: compose(en, zh, { at: { value: at, unit: 'instant' } }) });
  };
  coming(
    alert.remindAt,
    'If it is not fine by {at}, we will remind you once.',
    '如果到 {at} 仍未恢复，我们会再提醒您一次。',
  );
  coming(
    alert.handOverAt,
    'If it is not fine by {at}, we will prepare a technician’s visit.',
    '如果到 {at} 仍未恢复，我们会为您安排技术人员上门。',
  );
  return steps.sort((a, b) => a.at - b.at);
}

const GETTING_BETTER: Phrase = {
  en: 'It is getting better by itself. We keep watching, and send nobody while that lasts.',
  zh: '情况正在自行好转。我们会继续留意，好转期间不会安排上门。',
};

function whatWeDo(alert: AlertRecord): Phrase[] {
  const steps = comingSteps(alert).map((step) => step.text);
  if (steps.length > 0) return steps;
  if (alert.finding.improving) return [GETTING_BETTER];
  return [
    {
      en: 'We keep watching. We will do nothing more unless you ask for service.',
      zh: '我们会继续留意。除非您申请服务，我们不会做其他安排。',
    },
  ];
}

function asked({ question }: Finding): Phrase[] {
  if (!question) return [];
  return [
    GAP,
    compose(
      'One question helps us most, please answer it on the page below: {question}',
      '有一个问题对我们帮助最大，请在下面的页面上回答：{question}',
      { question: question.text },
    ),
    ...question.answers.map(({ text }) => compose('- {text}', '- {text}', { text })),
  ];
}
