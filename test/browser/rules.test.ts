// Rules in a real browser: an engineer's way from what is live to a new version and back.
import { describe, expect, test } from 'vitest';
import { ruleText } from '../diagnosis-rules/rule-text.ts';
import { atHome } from './at-home.ts';
import { DESK, expectGoodPage, hasChromium, PHONE } from './chromium.ts';

describe.skipIf(!hasChromium())('pages of rules', () => {
  const { home, visit } = atHome({ appliances: false });

  test('a rule is written, mended, published, followed by another and made live again', async () => {
    await using visitor = await visit('en-GB', DESK);
    const { page, complaints } = visitor;
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    await visitor.open('/');
    await page.getByRole('button', { name: /^Administrator/ }).click();
    await page.getByRole('heading', { name: 'Overview' }).first().waitFor();
    await visitor.open('/rules');
    await page.getByText('Not heard from').waitFor();
    await expectGoodPage(page);

    await page.getByRole('link', { name: 'New rule or version' }).click();
    await page.getByLabel('Text (YAML)').fill(ruleText().replace('prior: 0.6', 'prior: often'));
    await button('Check').click();
    await page.getByText(/line \d+, causes\.door-left-open\.prior/).waitFor();
    await page.getByLabel('Text (YAML)').fill(ruleText());
    await button('Check').click();
    await page.getByText('It can be used: test-warm, version 1.').waitFor();
    await expectGoodPage(page);
    await button('Save the draft').click();
    await page.getByRole('heading', { name: 'Version 1' }).waitFor();
    await expectGoodPage(page);
    await button('Publish').click();
    await page.getByText('From now on appliances are judged by it.').waitFor();
    await button('Publish').click();
    await page.getByText('Live', { exact: true }).first().waitFor();

    await page.getByRole('link', { name: 'New version from this one' }).click();
    await page.getByLabel('Text (YAML)').waitFor();
    await expect.poll(() => page.getByLabel('Text (YAML)').inputValue()).toBe(ruleText({ version: 2 }));
    await page.getByLabel('Text (YAML)').fill(ruleText({ version: 2, above: 9, title: 'Much too warm' }));
    await page.getByLabel('Why').fill('fewer calls');
    await button('Save the draft').click();
    await page.getByRole('heading', { name: 'What differs from the live version' }).waitFor();
    await page.getByText('symptoms.warm.when.above').waitFor();
    await page.getByText('Line by line').click();
    await expectGoodPage(page);
    await button('Publish').click();
    await button('Publish').click();
    await page.getByText('Live', { exact: true }).first().waitFor();

    await page.getByRole('link', { name: 'Much too warm' }).click();
    await page.getByRole('heading', { name: 'Report card' }).waitFor();
    await page.getByText('Found nothing yet.').first().waitFor();
    await expectGoodPage(page);
    await page.getByRole('link', { name: /^Version 1/ }).click();
    await button('Make it live again').click();
    await button('Make it live again').click();
    await page.getByText('Live', { exact: true }).first().waitFor();
    expect(complaints.filter((words) => !words.includes('/rules/check'))).toEqual([]);
  });

  test('a version is tried on history, beside another one', async () => {
    await using visitor = await visit('en-GB', DESK);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^Administrator/ }).click();
    await page.getByRole('heading', { name: 'Overview' }).first().waitFor();
    const fridge = { model: 'stethos-reference-fridge', name: 'Fridge' };
    expect((await page.request.post(`${home().url}/api/v1/appliances`, { data: fridge })).status()).toBe(201);
    await visitor.open('/rules/test-warm/2');
    await page.getByRole('link', { name: 'Try on history' }).click();
    await page.getByText('Nothing was tried yet.').waitFor();
    await expect.poll(() => page.getByLabel('Compare with').inputValue()).toBe('1');
    await expectGoodPage(page);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('heading', { name: 'Versions 2 and 1 on history' }).waitFor();
    await page.getByText('Done', { exact: true }).first().waitFor();
    await page.getByText('1 of 1 appliances done').waitFor();
    await page.getByText('Found nothing.').waitFor();
    await expectGoodPage(page);

    await visitor.open('/rules/test-warm/2');
    await page.getByRole('button', { name: 'Try silently', exact: true }).click();
    await page.getByRole('button', { name: 'Try silently', exact: true }).click();
    await page.getByRole('link', { name: 'Beside the live version' }).click();
    await page.getByRole('heading', { name: 'Silent trial beside live' }).waitFor();
    await page.getByText('Only the trial finds').waitFor();
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });

  test('they are read on a phone, in Chinese', async () => {
    await using visitor = await visit('zh-CN', PHONE);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^管理员/ }).click();
    await page.getByRole('heading', { name: '总览' }).first().waitFor();
    await visitor.open('/rules');
    await page.getByText('家电已离线').click();
    await page.getByRole('heading', { name: '成绩单' }).waitFor();
    await expectGoodPage(page);
    await page.getByRole('link', { name: /^版本 \d/ }).click();
    await page.getByLabel('文本（YAML）').waitFor();
    await page.getByText('尚未审核').first().waitFor();
    await expectGoodPage(page);
    await page.getByRole('link', { name: '用历史数据试运行' }).click();
    await page.getByRole('heading', { name: '试运行记录' }).waitFor();
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });
});
