// A passport as people see it: the registry's part, with what alerts and field service know of the machine.
import type { z } from 'zod';
import { type PastAlert, pastAlertsOf } from '#alerts';
import { compose, type HistoryEntry, type Id, iso, isoOrNull, type Passport, type Phrase } from '#contracts';
import { type PastVisit, pastVisitsOf } from '#field-service';
import {
  type ApplianceRecord,
  applianceById,
  listReports,
  loadModels,
  type PassportRecord,
  passportOf,
  type ReportRecord,
  type Viewer,
} from '#registry';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import { visibleSince } from '../scopes.ts';
import { modelView } from './appliance.ts';
import { choicesOf, kindOf } from './report.ts';

const HISTORY_SHOWN = 200;

type Entry = z.infer<typeof HistoryEntry>;

export async function passportView(
  { sql, clock }: Pick<ApiDeps, 'sql' | 'clock'>,
  id: Id,
  viewer: Viewer,
): Promise<Passport> {
  const [record, passport, alerts, visits] = await Promise.all([
    applianceById(sql, id),
    passportOf(sql, id, clock.now()),
    pastAlertsOf(sql, id, HISTORY_SHOWN),
    pastVisitsOf(sql, id, HISTORY_SHOWN),
  ]);
  if (!record || !passport) throw notFound();
  const since = visibleSince(viewer, record);
  const { items: reports } = await listReports(sql, { appliance: id, since, cursor: null, limit: HISTORY_SHOWN });
  const model = loadModels().get(record.model);
  const { purchasedOn, installedOn } = passport;
  return {
    appliance: id,
    name: record.name,
    model: modelView(record.model),
    serial: record.serial,
    batch: record.batch,
    firmware: record.firmware,
    purchasedOn: dayOrNull(purchasedOn),
    installedOn: dayOrNull(installedOn),
    ownedSince: record.household === null ? null : iso(record.ownedSince ?? record.createdAt),
    site: siteFor(record, viewer),
    environment: passport.environment,
    warranty: passport.warranty,
    supportEndsOn: model?.supportEndsOn ?? null,
    manuals: model?.manuals ?? [],
    consumables: passport.consumables,
    history: history([
      ...passport.events.map(eventEntry),
      ...alerts.map(alertEntry),
      ...visits.map(visitEntry),
      ...reportEntries(record, reports),
      madeEntry(passport),
    ]),
  };
}

const dayOrNull = (at: number | null): string | null => (at === null ? null : iso(at).slice(0, 10));

/** An independent repairer is let at the machine, not told where it stands. */
const siteFor = ({ household }: ApplianceRecord, viewer: Viewer): Passport['site'] =>
  household === null || viewer.role === 'repairer' ? null : { address: household.address, region: household.region };

/** Newest first. */
const history = (entries: readonly Entry[]): Entry[] =>
  entries.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, HISTORY_SHOWN);

const madeEntry = ({ createdAt }: PassportRecord): Entry => ({
  at: iso(createdAt),
  what: 'made',
  text: { en: 'Registered', zh: '已登记' },
  endedAt: null,
  severity: null,
});

/** What was meant, not the words. */
function reportEntries(record: ApplianceRecord, reports: readonly ReportRecord[]): Entry[] {
  const words = new Map(choicesOf(kindOf(record)).map((choice) => [choice.code, choice.words]));
  return reports.map(({ at, codes }) => ({
    at: iso(at),
    what: 'report',
    text: compose('Reported: {said}', '用户反馈：{said}', {
      said:
        codes.length === 0 ? UNDERSTOOD_NOTHING : list(codes.map((code) => words.get(code) ?? { en: code, zh: code })),
    }),
    endedAt: null,
    severity: null,
  }));
}

const UNDERSTOOD_NOTHING: Phrase = { en: 'in own words', zh: '文字描述' };

const EVENTS: Record<PassportRecord['events'][number]['what'], readonly [en: string, zh: string]> = {
  claimed: ['Claimed by its household', '已由家庭认领'],
  transferred: ['Given on by its household', '原家庭已转出'],
  'module-swapped': ['Wi-Fi module replaced', '已更换 Wi-Fi 模块'],
  'firmware-changed': ['Firmware {to} (before: {from})', '固件版本 {to}（此前：{from}）'],
};

const eventEntry = ({ at, what, detail }: PassportRecord['events'][number]): Entry => ({
  at: iso(at),
  what,
  text: compose(...EVENTS[what], { to: detail.to ?? '', from: detail.from ?? '–' }),
  endedAt: null,
  severity: null,
});

const alertEntry = ({ at, endedAt, severity, title, cause }: PastAlert): Entry => ({
  at: iso(at),
  what: 'alert',
  text: compose('{title} (most likely: {cause})', '{title}（最可能的原因：{cause}）', { title, cause }),
  endedAt: isoOrNull(endedAt),
  severity,
});

const OUTCOMES: Record<string, Phrase> = {
  repaired: { en: 'Visit: repaired', zh: '上门：已维修' },
  'nothing-found': { en: 'Visit: nothing found', zh: '上门：未发现故障' },
  'part-needed': { en: 'Visit: a part is needed', zh: '上门：需要配件' },
};

function visitEntry({ at, outcome, parts }: PastVisit): Entry {
  const done = OUTCOMES[outcome] ?? { en: 'Visit', zh: '上门' };
  const text =
    parts.length === 0
      ? done
      : compose('{done} (parts: {parts})', '{done}（配件：{parts}）', { done, parts: list(parts) });
  return { at: iso(at), what: 'visit', text, endedAt: null, severity: null };
}

const list = (parts: readonly Phrase[]): Phrase => ({
  en: parts.map(({ en }) => en).join(', '),
  zh: parts.map(({ zh }) => zh).join('、'),
});
