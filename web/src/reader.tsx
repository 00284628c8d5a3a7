// How things are said to the person who reads: language, units and time zone.
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Language, type Person, type Phrase, type Quantity, type Reader, say, sayQuantity } from '#contracts';
import { useNow } from './clock.ts';

const ReaderContext = createContext<Reader | null>(null);

/** Everything below reads as this person; a visitor reads in the browser's time zone. */
export function ReaderProvider({ person, children }: { person: Person | null; children: ReactNode }) {
  const { i18n } = useTranslation();
  const language: Language = i18n.language === 'zh' ? 'zh' : 'en';
  const timeZone = person?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const temperatureUnit = person?.temperatureUnit ?? 'C';
  const reader = useMemo(() => ({ language, timeZone, temperatureUnit }), [language, timeZone, temperatureUnit]);
  return <ReaderContext value={reader}>{children}</ReaderContext>;
}

export function useReader(): Reader {
  const reader = useContext(ReaderContext);
  if (!reader) throw new Error('useReader outside ReaderProvider');
  return reader;
}

/** Phrases and quantities as this person reads them. */
export function useSay() {
  const reader = useReader();
  return useMemo(
    () => ({
      phrase: (phrase: Phrase) => say(phrase, reader),
      quantity: (quantity: Quantity) => sayQuantity(quantity, reader),
      number: (value: number) => new Intl.NumberFormat(localeOf(reader)).format(value),
      percent: (share: number) => {
        const format = new Intl.NumberFormat(localeOf(reader), { style: 'percent' });
        return share > 0 && share < 0.005 ? `< ${format.format(0.01)}` : format.format(share);
      },
    }),
    [reader],
  );
}

export const localeOf = (reader: Reader): string => (reader.language === 'zh' ? 'zh-CN' : 'en-GB');

type DateStyle = Intl.DateTimeFormatOptions;
const MOMENT: DateStyle = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false };
const DAY: DateStyle = { weekday: 'long', month: 'long', day: 'numeric' };
const DATE: DateStyle = { year: 'numeric', month: 'short', day: 'numeric' };
const HOUR: DateStyle = { hour: '2-digit', minute: '2-digit', hour12: false };

const CALENDAR_DAY = /^\d{4}-\d{2}-\d{2}$/;

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** Times as this person reads them. */
export function useTimes() {
  const reader = useReader();
  const { t } = useTranslation();
  const now = useNow();
  return useMemo(() => {
    const show = (style: DateStyle) => {
      const format = new Intl.DateTimeFormat(localeOf(reader), { ...style, timeZone: reader.timeZone });
      return (iso: string | number) => format.format(new Date(iso));
    };
    const showDate = show(DATE);
    const calendar = new Intl.DateTimeFormat(localeOf(reader), { ...DATE, timeZone: 'UTC' });
    const showDay = (iso: string) => calendar.format(new Date(iso));
    const relative = new Intl.RelativeTimeFormat(localeOf(reader), { numeric: 'always', style: 'short' });
    return {
      now,
      /** "21 Nov, 14:05" */
      moment: show(MOMENT),
      /** "Saturday 21 November" */
      day: show(DAY),
      /** "21 Nov 2026", of a moment or of a day in a calendar */
      date: (iso: string) => (CALENDAR_DAY.test(iso) ? showDay(`${iso}T00:00:00Z`) : showDate(iso)),
      /** "14:05" */
      hour: show(HOUR),
      /** "5 minutes ago", "in 2 hours" */
      relative: (iso: string | number) => {
        const gap = new Date(iso).getTime() - now;
        const [unit, size] = STEPS.find(([, ms]) => Math.abs(gap) >= ms) ?? ['minute', 0];
        return size === 0 ? t('time.justNow') : relative.format(Math.round(gap / size), unit);
      },
    };
  }, [reader, now, t]);
}

const A_MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const WEEK = [0, 1, 2, 3, 4, 5, 6] as const;

/** The days of a week, Monday first. */
export function useWeekdays(): readonly string[] {
  const reader = useReader();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(localeOf(reader), { weekday: 'long', timeZone: 'UTC' });
    return WEEK.map((day) => format.format(A_MONDAY + day * DAY_MS));
  }, [reader]);
}
