// The timeline of a case: what happened, append only. Names are not kept here: `{person}` stands for `about`, and `{note}`
// for words that are kept sealed with the key of the household, or of the appliance when it stands in none.

import type { z } from 'zod';
import { compose, type Id, type Phrase, type ServiceRequest, type VisitResult } from '#contracts';
import { openSealed, seal, sealIfKnown } from '#registry';
import { announce, type Sql } from '#runtime';
import type { CaseRecord } from './records.ts';
import type { SlotTimes } from './slots.ts';

export type Happening = { what: string; text: Phrase; by?: Id | null; about?: Id | null; note?: string };

export async function note(tx: Sql, file: CaseRecord, now: number, entry: Happening): Promise<void> {
  const words = await sealedWords(tx, file, entry.note);
  await tx.query(
    `insert into app.case_event (case_id, at, what, text, by, about, note_key, note_sealed)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      file.id,
      now,
      entry.what,
      JSON.stringify(entry.text),
      entry.by ?? null,
      entry.about ?? null,
      words?.key ?? null,
      words?.sealed ?? null,
    ],
  );
  await announce(tx, { what: 'case', id: file.id });
}

/** Null without words, and in a case of a household that was erased: a new key would make it readable again. */
async function sealedWords(
  tx: Sql,
  { household, appliance }: CaseRecord,
  words: string | undefined,
): Promise<{ key: Id; sealed: string } | null> {
  if (!words) return null;
  if (household === null) return { key: appliance, sealed: await seal(tx, appliance, words) };
  const sealed = await sealIfKnown(tx, household, words);
  return sealed === null ? null : { key: household, sealed };
}

const REASONS: Record<ServiceRequest['reason'], readonly [en: string, zh: string]> = {
  'needs-technician': [
    'A technician is needed: most likely {cause} (probability {probability}).',
    '需要技术人员：最可能的原因是{cause}（概率 {probability}）。',
  ],
  'owner-asked': [
    'The owner asked for service. What a technician should look at first: {cause} (probability {probability}).',
    '用户申请了服务。技术人员应首先检查：{cause}（概率 {probability}）。',
  ],
  'not-recovered': [
    'It did not recover in time. What a technician should look at first: {cause} (probability {probability}).',
    '未能按时恢复。技术人员应首先检查：{cause}（概率 {probability}）。',
  ],
};

type Outcome = z.infer<typeof VisitResult>['outcome'];

const RESULTS: Record<Outcome, readonly [en: string, zh: string]> = {
  repaired: ['{person} finished the visit: repaired. {note}', '{person} 已完成上门：已修复。{note}'],
  'nothing-found': [
    '{person} finished the visit: nothing was found. {note}',
    '{person} 已完成上门：未发现故障。{note}',
  ],
  'part-needed': [
    '{person} was there: a part is needed, so there will be another visit. {note}',
    '{person} 已上门：需要配件，将再次上门。{note}',
  ],
};

const plain = (what: string, en: string, zh: string, about: Id | null = null, by: Id | null = null): Happening => ({
  what,
  text: { en, zh },
  about,
  by,
});

export const happened = {
  opened: ({ reason, cause }: ServiceRequest): Happening => ({
    what: 'opened',
    text: compose(...REASONS[reason], {
      cause: cause.name,
      probability: { value: cause.probability * 100, unit: '%' },
    }),
  }),
  offered: (technician: Id) =>
    plain('offered', 'The visit is offered to {person}.', '已邀请 {person} 上门。', technician),
  assigned: (technician: Id, by: Id) =>
    plain('assigned', 'The visit is assigned to {person}.', '已指派 {person} 上门。', technician, by),
  reminded: (technician: Id) =>
    plain('reminded', '{person} is reminded: no answer yet.', '已提醒 {person}：尚未答复。', technician),
  notAnswered: (technician: Id) =>
    plain('not-answered', '{person} did not answer in time.', '{person} 未按时答复。', technician),
  refused: (technician: Id) => plain('refused', '{person} cannot come.', '{person} 无法上门。', technician, technician),
  handedOver: (partner: string, by: Id): Happening => ({
    what: 'handed-over',
    by,
    text: compose('Handed to {partner}.', '已转交给 {partner}。', { partner }),
  }),
  cameBack: (by: Id) => plain('came-back', 'Taken back from the partner.', '已从合作伙伴处收回。', null, by),
  escalated: () =>
    plain(
      'escalated',
      'No technician is left to ask; the dispatchers are told.',
      '没有其他技术人员可邀请，已通知调度人员。',
    ),
  accepted: (technician: Id) =>
    plain('accepted', '{person} accepted the visit.', '{person} 已接受上门。', technician, technician),
  slotPicked: ({ start, end }: SlotTimes, by: Id): Happening => ({
    what: 'slot-picked',
    by,
    text: compose('Time of the visit: {start} to {end}.', '上门时间：{start} 至 {end}。', {
      start: { value: start, unit: 'instant' },
      end: { value: end, unit: 'instant' },
    }),
  }),
  finished: (technician: Id | null, by: Id, outcome: Outcome, words: string): Happening => ({
    what: outcome,
    about: technician,
    by,
    text: compose(...RESULTS[outcome]),
    note: words,
  }),
  recoveredOnSite: () =>
    plain(
      'recovered',
      'It is fine again while a technician may be there; we wait for the report.',
      '已恢复正常，技术人员可能正在现场，等待其报告。',
    ),
  visitCancelled: () => plain('visit-cancelled', 'The visit is cancelled.', '上门已取消。'),
  notRecovered: () =>
    plain(
      'not-recovered',
      'The readings do not prove recovery; the case is open again.',
      '数据未能证明已恢复，工单重新打开。',
    ),
  recoveryProved: () => plain('closed', 'The readings prove recovery; closed.', '数据证明已恢复，工单关闭。'),
  recoveredAlone: () => plain('closed', 'It recovered without a visit; closed.', '未上门即已恢复，工单关闭。'),
  withdrawn: () =>
    plain('closed', 'Later readings show that it was a false alarm; closed.', '随后的数据表明这是一次误报，工单关闭。'),
  moved: () => plain('closed', 'The appliance left the household; closed.', '设备已离开该家庭，工单关闭。'),
};

export type TimelineRow = { caseId: Id; at: number; what: string; text: Phrase; by: Id | null; about: Id | null };
type Row = TimelineRow & { noteKey: Id | null; noteSealed: string | null };

export async function timelineOf(sql: Sql, cases: readonly Id[]): Promise<TimelineRow[]> {
  const rows = await sql.query<Row>(
    `select case_id as "caseId", at, what, text, by, about, note_key as "noteKey", note_sealed as "noteSealed" from app.case_event
      where case_id = any($1::uuid[]) order by case_id, position`,
    [cases],
  );
  return Promise.all(
    rows.map(async ({ noteKey, noteSealed, text, ...row }) => ({
      ...row,
      text: noted(text, noteKey && (await openSealed(sql, noteKey, noteSealed))),
    })),
  );
}

/** Nothing stands where nothing was written, and where it was erased. */
const noted = (text: Phrase, words: string | null): Phrase => ({
  ...text,
  en: text.en.replaceAll('{note}', () => words ?? '').trimEnd(),
  zh: text.zh.replaceAll('{note}', () => words ?? '').trimEnd(),
});

/** Deletes what was written in cases that were closed before `before`. Returns how many notes. */
export async function forgetNotes(tx: Sql, before: number): Promise<number> {
  const rows = await tx.query(
    `update app.case_event e set note_key = null, note_sealed = null from app.service_case c
      where c.id = e.case_id and c.closed_at < $1 and e.note_sealed is not null returning 1 as one`,
    [before],
  );
  return rows.length;
}
