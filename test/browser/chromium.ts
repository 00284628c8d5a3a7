// The browser of the tests: Debian's Chromium, told to keep to itself.
import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';
export const PHONE = { width: 360, height: 800 };
export const DESK = { width: 1280, height: 900 };

/** False when there is no Chromium here, which is said; with REQUIRE_ENGINES=1 that is a failure. */
export function hasChromium(): boolean {
  if (existsSync(CHROMIUM)) return true;
  if (process.env.REQUIRE_ENGINES === '1') throw new Error(`REQUIRE_ENGINES=1, but there is no ${CHROMIUM}.`);
  console.log('Chromium: not exercised');
  return false;
}

export const openChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });

export type Visitor = AsyncDisposable & {
  page: Page;
  /** Opens a path below the platform's address. */
  open(path: string): Promise<void>;
  /** Everything the browser complained about, and every address outside the platform it asked. */
  complaints: readonly string[];
};

type VisitorOptions = { url: string; locale: 'en-GB' | 'zh-CN'; size: typeof PHONE };

/** A fresh browser profile: no cookies, nothing remembered. */
export async function openVisitor(browser: Browser, { url, locale, size }: VisitorOptions): Promise<Visitor> {
  const context: BrowserContext = await browser.newContext({ viewport: size, locale });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A visitor's first question is "who am I"; the browser prints the answer "nobody" (401) as an error.
    const isWhoAmI = message.location().url.endsWith('/api/v1/me');
    if (message.type() === 'error' && !isWhoAmI) complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(`asked another host: ${request.url()}`);
  });
  return {
    page,
    complaints,
    open: async (path) => {
      await page.goto(url + path);
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** No rule of WCAG 2 A or AA is broken, and nothing is wider than the screen. */
export async function expectGoodPage(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${page.url()} ${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual(
    [],
  );
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(overflow, `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0);
}
