// The pages in a real browser: a fridge that no longer cools, from the owner's alert to the technician's visit.

import { describe, expect, test } from 'vitest';
import { atHome, heading } from './at-home.ts';
import { DESK, expectGoodPage, hasChromium, PHONE } from './chromium.ts';

describe.skipIf(!hasChromium())('pages', () => {
  const { visit } = atHome({ appliances: true });

  test('an owner reads on a phone, in English, what happened, what to do now and why', async () => {
    await using visitor = await visit('en-GB', PHONE);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^Owner/ }).waitFor();
    await expectGoodPage(page);
    await page.getByRole('button', { name: /^Owner/ }).click();
    await heading(page, 'Fridge too warm');
    await heading(page, 'What to do now');
    await page.getByText('is the fridge door really closed?').waitFor();
    await expectGoodPage(page);
    await page.getByRole('link', { name: 'Why, and what else' }).click();
    await heading(page, 'Why do we think so?');
    await heading(page, 'Likely causes');
    await page.getByRole('img', { name: /^Fridge temperature/ }).waitFor();
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });

  test('an owner reads the same in Chinese, with units of her choice', async () => {
    await using visitor = await visit('zh-CN', PHONE);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^用户/ }).click();
    await heading(page, '冰箱温度过高');
    await heading(page, '现在怎么做');
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await expectGoodPage(page);
    await page.getByRole('link', { name: '设置' }).click();
    await page.getByRole('radio', { name: '华氏度 °F' }).check();
    await page.getByText('已保存').waitFor();
    await page.getByRole('link', { name: '首页' }).click();
    await page.getByText(/\d °F/).first().waitFor();
    await page.getByRole('link', { name: '设置' }).click();
    await page.getByRole('radio', { name: '摄氏度 °C' }).check();
    await page.getByText('已保存').waitFor();
    expect(complaints).toEqual([]);
  });

  test('she asks for a technician and answers; the page tells what follows without being loaded again', async () => {
    await using visitor = await visit('en-GB', DESK);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^Owner/ }).click();
    await page.getByRole('button', { name: 'Ask for a technician' }).click();
    await page.getByRole('link', { name: 'Open the case' }).waitFor();
    await page.getByRole('button', { name: 'Yes, it is closed' }).click();
    await page.getByText('You said: “Yes, it is closed”').waitFor();
    await page.getByRole('link', { name: 'Why, and what else' }).click();
    await page.getByText('It is closed.').waitFor();
    await page.getByRole('link', { name: 'Open the case' }).click();
    await heading(page, 'When does it suit you?');
    await page.locator('.slots button').first().click();
    await page.getByRole('button', { name: 'Change the time' }).waitFor();
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });

  test('service sees the alert with its evidence, the case with its clock, and who could go', async () => {
    await using visitor = await visit('en-GB', DESK);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^Dispatcher/ }).click();
    await heading(page, 'How the appliances are');
    await expectGoodPage(page);
    await page.getByRole('link', { name: 'Alerts', exact: true }).click();
    await page
      .getByRole('row', { name: /Garage fridge/ })
      .getByText('Fridge too warm')
      .click();
    await heading(page, 'Why do we think so?');
    await expectGoodPage(page);
    await page.getByRole('link', { name: 'Cases', exact: true }).click();
    await heading(page, 'The visit');
    await page
      .getByText(/^due in/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Give it to somebody else' }).click();
    await page.getByText('fits · same region').waitFor();
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });

  test('the technician accepts on a phone and finds the diagnosis prepared', async () => {
    await using visitor = await visit('zh-CN', PHONE);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^维修师傅/ }).click();
    await heading(page, '待您接单');
    await expectGoodPage(page);
    await page.getByRole('button', { name: '接单' }).click();
    await page.getByRole('link', { name: '查看任务' }).click();
    await heading(page, '处理结果');
    await heading(page, '为什么这样判断？');
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });

  test('an administrator adds an appliance and gets what it needs to connect', async () => {
    await using visitor = await visit('en-GB', PHONE);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^Administrator/ }).click();
    await page.getByRole('link', { name: 'People' }).click();
    await heading(page, 'Add a person');
    await expectGoodPage(page);
    await page.getByRole('link', { name: 'Appliances', exact: true }).click();
    await page.getByRole('link', { name: 'Add an appliance' }).click();
    await page.getByLabel('Name').fill('Cellar fridge');
    await page.getByRole('button', { name: 'Create' }).click();
    await heading(page, 'Cellar fridge is ready to connect');
    await page.getByText(/^mosquitto_pub -/).waitFor();
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });
});
