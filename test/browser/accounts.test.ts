// People and what is theirs, in a real browser: an account by mail, an appliance by its label, a household of two, a second factor.
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { atHome, heading } from './at-home.ts';
import { DESK, expectGoodPage, hasChromium, PHONE, type Visitor } from './chromium.ts';
import { PASSWORD } from './home.ts';

const MODEL = 'stethos-reference-fridge';
const CODE = '7K3QX-0WM5T-A9D2R-HJ4VB';
const SECOND_CODE = 'M4N8P-2QRST-VWXYZ-01234';
const LABEL = `/claim#${new URLSearchParams({ m: MODEL, s: 'FACTORY-1', c: CODE })}`;
const NEW_PASSWORD = 'a second password of the tests';

const ADMINISTRATION = [
  ['/people', '添加人员'],
  ['/people/technicians', '人员'],
  ['/people/households', '添加家庭'],
  ['/people/regions', '添加区域'],
  ['/people/organisations', '添加机构'],
  ['/people/import', '导入人员'],
  ['/appliances', '家电'],
  ['/appliances/labels', '打印标签'],
  ['/orders', '订单'],
  ['/orders/import', '导入订单'],
  ['/settings', '设置'],
  ['/settings/security', '密码与登录'],
  ['/settings/keys', 'API 密钥'],
  ['/settings/privacy', '我的数据'],
  ['/settings/webhooks', 'Webhook'],
  ['/settings/provisioning', '首次接入'],
  ['/settings/audit', '审计日志'],
  ['/settings/retention', '数据保留时间'],
] as const;

describe.skipIf(!hasChromium())('accounts', () => {
  const { visit } = atHome({ appliances: false });
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

  /** Opens the link of the newest mail to this address, as its reader would. */
  async function openMailLink({ page, open }: Visitor, to: string, link: RegExp): Promise<void> {
    await open('/demo/mail');
    const mail = page.locator('article').filter({ hasText: to }).getByRole('link', { name: link }).first();
    // The page of kept mails renews itself until it has come.
    await mail.waitFor();
    await mail.click();
  }

  test('an administrator imports units from the factory’s file, and is told which line is wrong', async () => {
    await using visitor = await visit('en-GB', DESK);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^Administrator/ }).click();
    await heading(page, 'Overview');
    await visitor.open('/appliances/import');
    await heading(page, 'Import units');
    const lines = (second: string) =>
      `model,serial,claim_secret\n${MODEL},FACTORY-1,${CODE}\n${second},FACTORY-2,${SECOND_CODE}\n${MODEL},FACTORY-3,\n`;
    const text = page.getByLabel('Or paste the lines here');
    await text.fill(lines('no-such-model'));
    await press(page, 'Only check');
    await page.getByText('Line 3 · model').waitFor();
    await expectGoodPage(page);
    await text.fill(lines(MODEL));
    await press(page, 'Import');
    await page.getByText('3 of 3 lines imported.').waitFor();
    await page.getByRole('link', { name: 'Print their labels' }).click();
    await heading(page, 'Print labels');
    await expectGoodPage(page);
    // A new label makes a new code; those of the first two are needed below.
    await page.getByRole('checkbox', { name: /FACTORY-1/ }).uncheck();
    await page.getByRole('checkbox', { name: /FACTORY-2/ }).uncheck();
    await page.getByRole('checkbox', { name: /FACTORY-3/ }).check();
    await press(page, 'Make the sheet');
    const [sheet] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'Open the sheet to print' }).click(),
    ]);
    await sheet.getByText('FACTORY-3').waitFor();
    expect(complaints.filter((line) => !line.includes('422'))).toEqual([]);
  });

  test('an owner opens the label’s link and finds the appliance’s file: warranty, what to change, what has happened', async () => {
    await using visitor = await visit('en-GB', PHONE);
    const { page, complaints } = visitor;
    await visitor.open(LABEL);
    await page.getByRole('button', { name: /^Owner/ }).click();
    await heading(page, 'Add an appliance');
    await page.getByText('We have read the label.').waitFor();
    expect(await page.getByLabel('Serial number').inputValue()).toBe('FACTORY-1');
    await page.getByLabel('What you call it').fill('Cellar fridge');
    await expectGoodPage(page);
    await press(page, 'Add it');
    await heading(page, 'Cellar fridge');
    await page.getByText('In warranty').waitFor();
    await page.getByRole('button', { name: 'Done today' }).first().click();
    await page.getByText('last on').first().waitFor();
    expect(page.url()).not.toContain('#');
    await expectGoodPage(page);
    await page.getByRole('link', { name: 'Access' }).click();
    await heading(page, 'Hand over to a new owner');
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });

  test('a code that was used once opens nothing for the next finder', async () => {
    await using visitor = await visit('zh-CN', PHONE);
    const { page } = visitor;
    await signUp(visitor, 'finder@example.org', 'Finn Finder');
    await visitor.open(LABEL);
    await heading(page, '添加家电');
    await page.getByLabel('家庭名称').fill('新家');
    await page.getByLabel('邮政编码').fill('10115');
    await press(page, '添加');
    await page.getByText('认领码不一致').waitFor();
    await expectGoodPage(page);
  });

  /** In Chinese, by the link in the mail. */
  async function signUp(visitor: Visitor, email: string, name: string): Promise<void> {
    const { page } = visitor;
    await visitor.open('/');
    await page.getByRole('link', { name: '还没有账号？立即注册' }).click();
    await heading(page, '注册账号');
    await page.getByLabel('您的姓名').fill(name);
    await page.getByLabel('邮箱').fill(email);
    await page.getByLabel('密码').fill(NEW_PASSWORD);
    await expectGoodPage(page);
    await press(page, '注册账号');
    await heading(page, '请查收邮件');
    await openMailLink(visitor, email, /sign-up\/confirmation/);
    await heading(page, '确认邮箱');
    await expectGoodPage(page);
    await press(page, '确认');
    await heading(page, '还没有家电');
  }

  test('who finds a label without an account makes one, and goes on with the label', async () => {
    await using visitor = await visit('zh-CN', PHONE);
    const { page, complaints } = visitor;
    await visitor.open(`/claim#${new URLSearchParams({ m: MODEL, s: 'FACTORY-2', c: SECOND_CODE })}`);
    await page.getByRole('link', { name: '还没有账号？立即注册' }).click();
    await page.getByLabel('您的姓名').fill('Nina Neu');
    await page.getByLabel('邮箱').fill('nina@example.org');
    await page.getByLabel('密码').fill(NEW_PASSWORD);
    await press(page, '注册账号');
    await heading(page, '请查收邮件');
    await openMailLink(visitor, 'nina@example.org', /sign-up\/confirmation/);
    await press(page, '确认');
    await page.getByText('已读取标签').waitFor();
    await page.getByLabel('家庭名称').fill('新家');
    await page.getByLabel('邮政编码').fill('10115');
    await press(page, '添加');
    await page.getByText('保修期内').waitFor();
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });

  test('an owner invites somebody, who has no account yet, and they see the same household', async () => {
    await using owner = await visit('en-GB', PHONE);
    await owner.open('/');
    await owner.page.getByRole('button', { name: /^Owner/ }).click();
    await owner.page.getByRole('link', { name: 'Household' }).click();
    await heading(owner.page, 'Owner family');
    await expectGoodPage(owner.page);
    await owner.page.getByLabel('Their e-mail address').fill('mo@example.org');
    await press(owner.page, 'Send the invitation');
    await owner.page.getByText('an invitation is on its way').waitFor();

    await using guest = await visit('en-GB', PHONE);
    await openMailLink(guest, 'mo@example.org', /invitation/);
    await heading(guest.page, 'You are invited');
    await expectGoodPage(guest.page);
    await guest.page.getByLabel('Your name').fill('Mo Member');
    await guest.page.getByLabel('Password').first().fill(NEW_PASSWORD);
    await press(guest.page, 'Accept the invitation');
    await guest.page.getByRole('link', { name: 'Household' }).click();
    await heading(guest.page, 'Owner family');
    await guest.page.getByText('Mo Member').waitFor();
    await guest.page.getByText('Olga Owner').waitFor();
    expect(await guest.page.getByText('Invite somebody').count()).toBe(0);
    expect([...owner.complaints, ...guest.complaints]).toEqual([]);
  });

  test('every page of administration and of a person’s own account is sound on a phone, in Chinese', async () => {
    await using visitor = await visit('zh-CN', PHONE);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^管理员/ }).click();
    await heading(page, '总览');
    for (const [path, title] of ADMINISTRATION) {
      await visitor.open(path);
      await heading(page, title);
      await page.locator('.outline').first().waitFor({ state: 'detached' });
      await expectGoodPage(page);
    }
    expect(complaints).toEqual([]);
  });

  test('with a second factor, log-in asks for its code', async () => {
    await using visitor = await visit('en-GB', DESK);
    const { page } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^Dispatcher/ }).click();
    await heading(page, 'Overview');
    await visitor.open('/settings/security');
    await press(page, 'Set it up');
    await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
    await expectGoodPage(page);
    const secret = Secret.fromBase32((await page.locator('.copy-line code').innerText()).trim());
    await page.getByLabel('The code that the app shows').fill(new TOTP({ secret }).generate());
    await press(page, 'Switch on');
    await page.getByRole('button', { name: 'I have kept them' }).waitFor();
    const codes = (await page.locator('.copy-line code').innerText()).trim().split('\n');
    await press(page, 'I have kept them');
    await page.getByText('On. 10 recovery codes are left.').waitFor();
    await expectGoodPage(page);
    await press(page, 'Log out everywhere');
    await page.locator('.sure').getByRole('button', { name: 'Log out everywhere' }).click();

    await page.getByLabel('E-mail address').fill('dispatcher@example.org');
    await page.getByLabel('Password').fill(PASSWORD);
    await press(page, 'Log in');
    await page.getByText('One more step').waitFor();
    await expectGoodPage(page);
    // A code of the app was just used, and none works twice.
    await page.getByLabel('Code').fill(codes[0]!);
    await press(page, 'Log in');
    await heading(page, 'Overview');
    await visitor.open('/settings/security');
    await page.getByText('On. 9 recovery codes are left.').waitFor();
  });
});
