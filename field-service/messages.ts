// What field service says to people, in words.

import type { z } from 'zod';
import { compose, type Id, type Phrase, type RankedCause, type VisitResult } from '#contracts';
import type { ApplianceRecord } from '#registry';
import type { CaseRecord, VisitRecord } from './records.ts';

/** `about`: whose name stands in the place of `{person}`. */
export type Message = { kind: string; subject: Phrase; lines: Phrase[]; about?: Id };

const time = (at: number) => ({ value: at, unit: 'instant' }) as const;

export function arranging({ request }: CaseRecord): Message {
  const { title, cause } = request;
  return {
    kind: 'visit-arranging',
    subject: { en: 'We are arranging a technician’s visit', zh: '我们正在为您安排技术人员上门' },
    lines: [
      compose('It is about “{title}”. Most likely: {cause}.', '事由：“{title}”。最可能的原因：{cause}。', {
        title,
        cause: cause.name,
      }),
      {
        en: 'We are looking for a technician now and tell you as soon as somebody has accepted. Please pick a time that suits you on the page below.',
        zh: '我们正在联系技术人员，一旦有人接单会立即通知您。请在下面的页面上选择您方便的时间。',
      },
    ],
  };
}

/** What a technician needs to know to say yes and to arrive prepared. */
function diagnosis(file: CaseRecord, visit: VisitRecord, appliance: ApplianceRecord | null): Phrase[] {
  const { summary, cause } = file.request;
  const lines = [
    summary,
    compose(
      'Most likely: {cause} (probability {probability}). {explanation}',
      '最可能的原因：{cause}（概率 {probability}）。{explanation}',
      {
        cause: cause.name,
        probability: { value: cause.probability * 100, unit: '%' },
        explanation: cause.explanation,
      },
    ),
  ];
  if (visit.parts.length > 0) {
    lines.push({ en: 'Likely parts:', zh: '可能需要的配件：' });
    lines.push(...visit.parts.map((part) => compose('- {part}', '- {part}', { part })));
  }
  if (appliance?.household) {
    lines.push(compose('Region: {region}', '区域：{region}', { region: appliance.household.region }));
  }
  if (visit.slotStart !== null && visit.slotEnd !== null) lines.push(timeLine(visit.slotStart, visit.slotEnd));
  return [...lines, ...urgency(cause)];
}

const timeLine = (start: number, end: number): Phrase =>
  compose('Time that suits the household: {start} to {end}.', '用户方便的时间：{start} 至 {end}。', {
    start: time(start),
    end: time(end),
  });

const urgency = ({ remedy }: RankedCause): Phrase[] =>
  remedy.by === 'technician' && remedy.urgency === 'today'
    ? [{ en: 'It should be today.', zh: '请尽量今天上门。' }]
    : [];

export function offered(file: CaseRecord, visit: VisitRecord, appliance: ApplianceRecord | null): Message {
  return {
    kind: 'visit-offered',
    subject: compose('A visit for you: {title}', '有一个上门任务：{title}', { title: file.request.title }),
    lines: [...diagnosis(file, visit, appliance), answerBy(visit)],
  };
}

export function reminder(file: CaseRecord, visit: VisitRecord, appliance: ApplianceRecord | null): Message {
  return {
    kind: 'visit-reminder',
    subject: compose('Please answer: {title}', '请答复：{title}', { title: file.request.title }),
    lines: [...diagnosis(file, visit, appliance), answerBy(visit)],
  };
}

const answerBy = (visit: VisitRecord): Phrase =>
  compose(
    'Please accept or refuse by {by} on the page below; after that somebody else is asked.',
    '请在 {by} 前在下面的页面上接受或拒绝；逾期将邀请其他人。',
    { by: time(visit.responseDueAt ?? visit.openedAt) },
  );

export const takenBack = (file: CaseRecord): Message => ({
  kind: 'visit-taken-back',
  subject: compose('The visit went to somebody else: {title}', '该上门任务已转给他人：{title}', {
    title: file.request.title,
  }),
  lines: [{ en: 'There is nothing left for you to do.', zh: '您无需再做任何事。' }],
});

export const handedOver = (file: CaseRecord): Message => ({
  kind: 'case-handed-over',
  subject: compose('A case for you: {title}', '有一个工单交给您：{title}', { title: file.request.title }),
  lines: [
    file.request.summary,
    {
      en: 'It is with your organisation from now on. The visit is being offered to your technicians.',
      zh: '该工单现由贵方负责，正在向贵方的技术人员派发上门任务。',
    },
  ],
});

export const escalated = (file: CaseRecord, visit: VisitRecord): Message => ({
  kind: 'visit-escalated',
  subject: compose('Nobody has accepted a visit: {title}', '无人接受上门：{title}', { title: file.request.title }),
  lines: [
    visit.technician === null
      ? compose(
          'Every suitable technician (skill: {skill}) was asked, or there is none. Please assign somebody.',
          '所有合适的技术人员（技能：{skill}）均已询问过，或没有合适人选。请指派人员。',
          { skill: visit.skill },
        )
      : {
          en: 'A technician is asked again, but has not accepted yet.',
          zh: '已再次邀请技术人员，但尚未接受。',
        },
    compose('Waiting since {since}.', '自 {since} 起等待。', { since: time(visit.openedAt) }),
  ],
});

export const accepted = (visit: VisitRecord, technician: Id): Message => ({
  kind: 'visit-accepted',
  about: technician,
  subject: { en: '{person} will come to you', zh: '{person} 将为您上门' },
  lines: [
    visit.slotStart !== null && visit.slotEnd !== null
      ? compose('Time of the visit: {start} to {end}.', '上门时间：{start} 至 {end}。', {
          start: time(visit.slotStart),
          end: time(visit.slotEnd),
        })
      : {
          en: 'Please pick a time that suits you on the page below.',
          zh: '请在下面的页面上选择您方便的时间。',
        },
  ],
});

export const slotPicked = (file: CaseRecord, start: number, end: number): Message => ({
  kind: 'visit-time',
  subject: compose('The time of your visit: {start}', '您的上门时间：{start}', { start: time(start) }),
  lines: [file.request.title, timeLine(start, end)],
});

export const visitCancelled = (file: CaseRecord): Message => ({
  kind: 'visit-cancelled',
  subject: compose('The visit is cancelled: {title}', '上门已取消：{title}', { title: file.request.title }),
  lines: [
    {
      en: 'It is no longer needed; there is nothing left for you to do.',
      zh: '已不再需要上门，您无需再做任何事。',
    },
  ],
});

const DONE: Record<z.infer<typeof VisitResult>['outcome'], Phrase> = {
  repaired: {
    en: 'The technician has repaired it. We watch the readings and tell you when they prove it.',
    zh: '技术人员已完成维修。我们会观察数据，确认恢复后通知您。',
  },
  'nothing-found': {
    en: 'The technician found nothing wrong. We watch the readings; if they do not become normal, we send somebody again.',
    zh: '技术人员未发现故障。我们会继续观察数据；如未恢复正常，会再次安排上门。',
  },
  'part-needed': {
    en: 'A part is needed, so the technician will come again. Please pick a time that suits you on the page below.',
    zh: '需要配件，技术人员将再次上门。请在下面的页面上选择您方便的时间。',
  },
};

export const visitDone = (file: CaseRecord, outcome: z.infer<typeof VisitResult>['outcome']): Message => ({
  kind: 'visit-done',
  subject: compose('After the visit: {title}', '上门结果：{title}', { title: file.request.title }),
  lines: [DONE[outcome]],
});

export const reopened = (file: CaseRecord): Message => ({
  kind: 'case-reopened',
  subject: compose('Not fine yet: {title}', '尚未恢复：{title}', { title: file.request.title }),
  lines: [
    {
      en: 'A day after the visit the readings are still not normal, so we are arranging another visit. Please pick a time that suits you on the page below.',
      zh: '上门一天后数据仍未恢复正常，我们正在安排再次上门。请在下面的页面上选择您方便的时间。',
    },
  ],
});

export type Ending = 'proved' | 'alone' | 'withdrawn' | 'moved';

const ENDINGS: Record<Ending, readonly [en: string, zh: string]> = {
  proved: ['The readings prove that the repair worked: “{title}” is over.', '数据证明维修有效：“{title}”已经结束。'],
  alone: [
    'It is fine again: “{title}” is over. No visit is needed; if one was planned, it is cancelled.',
    '已恢复正常：“{title}”已经结束。无需上门；如已安排，现已取消。',
  ],
  withdrawn: [
    'We were wrong: readings that arrived later show that it was not so (“{title}”). No visit is needed. We are sorry for the disturbance.',
    '我们判断有误：随后收到的数据表明情况并非如此（“{title}”）。无需上门。打扰您了，非常抱歉。',
  ],
  moved: [
    'The appliance does not stand in your household any more, so “{title}” is closed for you. If a visit was planned, it is cancelled.',
    '该设备已不在您的家庭中，因此“{title}”对您而言已结束。如已安排上门，现已取消。',
  ],
};

const SUBJECTS: Record<Ending, readonly [en: string, zh: string]> = {
  proved: ['Fine again: {title}', '已恢复正常：{title}'],
  alone: ['Fine again: {title}', '已恢复正常：{title}'],
  withdrawn: ['False alarm: {title}', '误报：{title}'],
  moved: ['Closed: {title}', '已结束：{title}'],
};

export const caseClosed = (file: CaseRecord, ending: Ending): Message => ({
  kind: 'case-closed',
  subject: compose(...SUBJECTS[ending], { title: file.request.title }),
  lines: [compose(...ENDINGS[ending], { title: file.request.title })],
});
