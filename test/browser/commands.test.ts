// Commands on the pages, with a simulated refrigerator that does what it is asked.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { atHome } from './at-home.ts';
import { DESK, expectGoodPage, hasChromium, PHONE } from './chromium.ts';

describe.skipIf(!hasChromium())('commands', () => {
  const { visit } = atHome({ appliances: true });
  const row = (page: Page, name: string | RegExp, state: string) =>
    page.getByRole('listitem').filter({ hasText: name }).filter({ hasText: state }).first().waitFor();

  test('an owner sets another temperature from her phone, and reads that it is done', async () => {
    await using visitor = await visit('en-GB', PHONE);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^Owner/ }).click();
    await page.getByRole('link', { name: /Kitchen fridge/ }).click();
    await page.getByRole('link', { name: 'Commands' }).click();
    await page.getByText('Nothing was asked yet.').waitFor();
    await expectGoodPage(page);
    await page.getByRole('button', { name: 'Ask: Set the temperature' }).click();
    await page.getByLabel('Temperature').selectOption({ label: '4.5 °C' });
    await page.getByRole('button', { name: 'Ask', exact: true }).first().click();
    await row(page, 'Set the temperature: 4.5 °C', 'Done');
    await page.getByRole('button', { name: 'Ask: Self-test' }).click();
    await row(page, 'Self-test', 'Done');
    await page.getByText('What it measured').first().click();
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });

  test('service asks the household first, in Chinese; the owner says yes to what is hazardous', async () => {
    await using desk = await visit('zh-CN', DESK);
    await using phone = await visit('zh-CN', PHONE);
    await desk.open('/');
    await desk.page.getByRole('button', { name: /^调度/ }).click();
    await phone.open('/');
    await phone.page.getByRole('button', { name: /^用户/ }).click();
    await phone.page.getByRole('link', { name: /Kitchen fridge/ }).click();
    const file = new URL(phone.page.url()).pathname;
    await desk.open(`${file}/commands`);
    await desk.page.getByRole('link', { name: '征求用户同意' }).click();
    await desk.page.getByLabel('用途').selectOption({ label: '发送指令' });
    await desk.page.getByRole('button', { name: '申请' }).click();
    await phone.open(`${file}/access`);
    await phone.page.getByRole('button', { name: '同意', exact: true }).click();
    await phone.page.getByText('进行中').waitFor();
    await desk.open(`${file}/commands`);
    await desk.page.getByRole('button', { name: '下达: 重启' }).click();
    await desk.page.getByRole('button', { name: '下达', exact: true }).click();
    await row(desk.page, '重启', '等待户主同意');
    await expectGoodPage(desk.page);
    await phone.open(`${file}/commands`);
    await expectGoodPage(phone.page);
    await phone.page.getByRole('button', { name: '同意执行' }).click();
    await row(phone.page, '重启', '已完成');
    await row(desk.page, '重启', '已完成');
    expect([...desk.complaints, ...phone.complaints]).toEqual([]);
  });
});
