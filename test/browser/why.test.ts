// Why and why not in a real browser: from an alert to every number behind it, for service and for an owner.

import { describe, expect, test } from 'vitest';
import { atHome, heading } from './at-home.ts';
import { DESK, expectGoodPage, hasChromium, PHONE } from './chromium.ts';

describe.skipIf(!hasChromium())('pages that say why', () => {
  const { visit } = atHome({ appliances: true });

  test('service follows an alert to the tree of its conditions, and asks about another time', async () => {
    await using visitor = await visit('en-GB', DESK);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^Dispatcher/ }).click();
    await page.getByRole('link', { name: 'Alerts', exact: true }).click();
    await page
      .getByRole('row', { name: /Garage fridge/ })
      .getByText('Fridge too warm')
      .click();
    await page.getByRole('button', { name: 'In numbers, as it stands now' }).click();
    await page
      .getByText(/below .*for \d+ min/)
      .first()
      .waitFor();
    await expectGoodPage(page);
    await page.getByRole('link', { name: 'Every number behind it, and what would end it' }).click();
    await heading(page, 'Why, and why not');
    await page.getByText('What would end it').first().waitFor();
    await page.getByText('Condition', { exact: true }).first().click();
    await page.locator('.condition .truth-yes').first().waitFor();
    await expectGoodPage(page);

    // Three days ago this home had no appliance.
    const before = new Date(Date.now() - 3 * 24 * 3_600_000).toISOString().slice(0, 16);
    await page.getByLabel('At what time').fill(before);
    await page.getByRole('button', { name: 'Look' }).click();
    await page.getByText(/There are no readings of it/).waitFor();
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });

  test('an owner reads on a phone, in Chinese, what would end it, without conditions', async () => {
    await using visitor = await visit('zh-CN', PHONE);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^用户/ }).click();
    await heading(page, '冰箱温度过高');
    await page.getByRole('link', { name: '原因和更多信息' }).click();
    await page.getByRole('link', { name: '背后的每个数字，以及怎样才会解除' }).click();
    await page.getByText('怎样才会解除').first().waitFor();
    expect(await page.locator('.condition').count()).toBe(0);
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });

  test('service sees that nothing is usual yet', async () => {
    await using visitor = await visit('en-GB', PHONE);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^Administrator/ }).click();
    await heading(page, 'Overview');
    await visitor.open('/rules');
    await page.getByRole('link', { name: 'What is usual' }).click();
    await page.getByText(/At least five appliances/).waitFor();
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });
});
