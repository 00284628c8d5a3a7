// Words for people: a phrase holds both languages and its quantities apart from the words,
// so that each reader gets it in their language, units and time zone.
import { z } from 'zod';

export const Language = z.enum(['en', 'zh']);
export type Language = z.infer<typeof Language>;

export const TemperatureUnit = z.enum(['C', 'F']);
export type TemperatureUnit = z.infer<typeof TemperatureUnit>;

/** UCUM units of measured quantities, and two kinds of time: `instant` (epoch ms) and `duration` (ms). */
export const PhraseUnit = z.enum(['Cel', 'K', 'W', 'kW.h', '%', 'V', '1', 'instant', 'duration', 'K/h']);

export const Quantity = z.object({ value: z.number(), unit: PhraseUnit });
export type Quantity = z.infer<typeof Quantity>;

/** `{name}` in the words stands for `values.name`. */
export const Phrase = z.object({
  en: z.string(),
  zh: z.string(),
  values: z.record(z.string(), Quantity).optional(),
});
export type Phrase = z.infer<typeof Phrase>;

/** A phrase from a template: `{name}` takes a quantity, a name that reads alike in both languages, or a whole phrase with its quantities. */
export function compose(en: string, zh: string, parts: Record<string, Phrase | Quantity | string> = {}): Phrase {
  const phrase: Phrase & { values: Record<string, Quantity> } = { en, zh, values: {} };
  for (const [name, part] of Object.entries(parts)) {
    if (typeof part !== 'string' && 'unit' in part) {
      phrase.values[name] = part;
      continue;
    }
    const words = typeof part === 'string' ? { en: part, zh: part } : renamed(part, name);
    phrase.en = phrase.en.replaceAll(`{${name}}`, () => words.en);
    phrase.zh = phrase.zh.replaceAll(`{${name}}`, () => words.zh);
    Object.assign(phrase.values, 'values' in words ? words.values : {});
  }
  return phrase;
}

/** The phrase with its quantities named after `owner`, so that two phrases in one do not mix them up. */
function renamed(phrase: Phrase, owner: string): Phrase {
  const name = (words: string): string =>
    words.replace(/\{(\w+)\}/g, (whole, key: string) => (phrase.values?.[key] ? `{${owner}_${key}}` : whole));
  const values = Object.entries(phrase.values ?? {}).map(([key, value]) => [`${owner}_${key}`, value] as const);
  return { en: name(phrase.en), zh: name(phrase.zh), values: Object.fromEntries(values) };
}

export type Reader = { language: Language; timeZone: string; temperatureUnit: TemperatureUnit };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LOCALES = { en: 'en-GB', zh: 'zh-CN' } as const;

const WORDS = {
  en: { min: 'min', h: 'h', d: 'days' },
  zh: { min: '分钟', h: '小时', d: '天' },
} as const;

function duration(ms: number, language: Language): string {
  const words = WORDS[language];
  const gap = language === 'en' ? ' ' : '';
  if (ms < 90 * MINUTE) return `${Math.max(1, Math.round(ms / MINUTE))}${gap || ' '}${words.min}`;
  if (ms < 48 * HOUR) return `${Math.round(ms / HOUR)}${gap || ' '}${words.h}`;
  return `${Math.round(ms / (24 * HOUR))}${gap || ' '}${words.d}`;
}

function number(value: number, digits: number, language: Language): string {
  return new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: digits }).format(value);
}

/** A quantity in the reader's language, unit and time zone, e.g. "8.4 °C", "35 分钟", "14:05". */
export function sayQuantity({ value, unit }: Quantity, reader: Reader): string {
  const fahrenheit = reader.temperatureUnit === 'F';
  switch (unit) {
    case 'Cel':
      return fahrenheit
        ? `${number(value * 1.8 + 32, 0, reader.language)} °F`
        : `${number(value, 1, reader.language)} °C`;
    case 'K':
      return fahrenheit ? `${number(value * 1.8, 1, reader.language)} °F` : `${number(value, 1, reader.language)} °C`;
    case 'K/h':
      return fahrenheit
        ? `${number(value * 1.8, 1, reader.language)} °F/h`
        : `${number(value, 1, reader.language)} °C/h`;
    case 'W':
      return `${number(value, 0, reader.language)} W`;
    case 'kW.h':
      return `${number(value, 2, reader.language)} kWh`;
    case '%':
      return `${number(value, 0, reader.language)} %`;
    case 'V':
      return `${number(value, 0, reader.language)} V`;
    case '1':
      return number(value, 2, reader.language);
    case 'duration':
      return duration(value, reader.language);
    case 'instant':
      return new Intl.DateTimeFormat(LOCALES[reader.language], {
        timeZone: reader.timeZone,
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hour12: false,
      }).format(value);
  }
}

/** The phrase as one string for one reader. A name without a value stays visible as `{name}`, so that a mistake is seen. */
export function say(phrase: Phrase, reader: Reader): string {
  return phrase[reader.language].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const quantity = phrase.values?.[name];
    return quantity ? sayQuantity(quantity, reader) : whole;
  });
}
