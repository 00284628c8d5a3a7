// Which words are shown. A visitor's choice is remembered in the browser; a person's language is a preference of the account.
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from '#contracts';
import { en } from './en.ts';
import { zh } from './zh.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

const REMEMBERED = 'language';

/** The language a visitor chose before, else the browser's. */
export function visitorsLanguage(): Language {
  const chosen = localStorage.getItem(REMEMBERED) ?? navigator.language;
  return chosen.startsWith('zh') ? 'zh' : 'en';
}

/** Shows the pages in this language from now on. */
export function speak(language: Language): void {
  localStorage.setItem(REMEMBERED, language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  if (i18next.language !== language) void i18next.changeLanguage(language);
}

export async function startWords(): Promise<void> {
  const language = visitorsLanguage();
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, zh: { translation: zh } },
    lng: language,
    fallbackLng: 'en',
    interpolation: { escapeValue: false },
  });
  speak(language);
}
