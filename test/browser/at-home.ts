// What every file of browser tests stands on: a home of its own, one browser, and visitors with the page open.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { openChromium, openVisitor, type PHONE } from './chromium.ts';
import { type Home, openHome } from './home.ts';

/** To be called inside a `describe`; `home` is there once its tests run. */
export function atHome(options: Parameters<typeof openHome>[0]) {
  let browser: Browser;
  let home: Home;
  beforeAll(async () => {
    home = await openHome(options);
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await home?.[Symbol.asyncDispose]();
  });
  return {
    home: () => home,
    visit: (locale: 'en-GB' | 'zh-CN', size: typeof PHONE) => openVisitor(browser, { url: home.url, locale, size }),
  };
}

export const heading = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('heading', { name }).first().waitFor();
