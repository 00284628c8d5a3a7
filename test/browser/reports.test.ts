// What people say of an appliance, and when it rests, on the pages: the owner's phone and the service's desk.
import { describe, expect, test } from 'vitest';
import { type FindingChange, type Id, newId } from '#contracts';
import { put } from '#runtime';
import { coolingFails } from '../api/platform.ts';
import { atHome } from './at-home.ts';
import { DESK, expectGoodPage, hasChromium, PHONE } from './chromium.ts';

describe.skipIf(!hasChromium())('what people say', () => {
  const { home, visit } = atHome({ appliances: true });

  test('an owner says it in her own words, reads what is dangerous first, puts it right and sends it', async () => {
    await using visitor = await visit('en-GB', PHONE);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^Owner/ }).click();
    await page.getByRole('link', { name: /Kitchen fridge/ }).click();
    await page.getByLabel('What do you notice?').fill('It smells burnt and it is not cold');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Pull the plug now').waitFor();
    expect(await page.getByRole('checkbox', { name: 'It does not get cold' }).isChecked()).toBe(true);
    expect(await page.getByRole('checkbox', { name: 'It is noisy' }).isChecked()).toBe(false);
    await page.getByRole('checkbox', { name: 'It is noisy' }).check();
    await expectGoodPage(page);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('We are taking it into account').waitFor();
    await page.getByText('Pull the plug now').waitFor();
    await page.getByRole('heading', { name: 'What people said' }).waitFor();
    await page.getByText('It smells burnt and it is not cold').waitFor();
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });

  /** Diagnosis finds something on the fridge whose door it knows. */
  async function find(): Promise<void> {
    const [{ id: appliance } = { id: '' }] = await home().sql.query<{ id: Id }>(
      "select id from app.appliance where model = 'stethos-reference-fridge' limit 1",
    );
    const at = Date.now();
    const unplug = { en: 'Unplug it before you touch anything.', zh: '触碰之前请先拔下插头。' };
    const finding = coolingFails(appliance, {
      ...{ openedAt: at, changedAt: at, question: null },
      test: { command: 'self-test', text: { en: 'Shall it test its parts?', zh: '让它自检吗？' } },
      causes: [
        {
          ...{ cause: 'evaporator-frosted', name: { en: 'Ice', zh: '结冰' }, probability: 1 },
          explanation: { en: 'Ice stands in the way of the air.', zh: '冰挡住了空气。' },
          remedy: {
            ...{ by: 'owner', safety: [unplug], steps: [{ en: 'Let it thaw.', zh: '让它化冻。' }] },
            ifItStays: {
              ...{ by: 'technician', skill: 'electrical', certificate: 'flammable-refrigerants', parts: [] },
              ...{ urgency: 'days', meanwhile: [], afterHours: 72 },
            },
          },
        },
      ],
    });
    const body: FindingChange = { id: newId(), change: 'opened', finding };
    await put(home().sql, 'finding', { id: body.id, key: appliance, body });
  }

  test('an owner reads the safety stop before the steps, and starts the test that can tell', async () => {
    await find();
    await using visitor = await visit('en-GB', PHONE);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^Owner/ }).click();
    await page.getByRole('link', { name: /Kitchen fridge/ }).click();
    await page.getByRole('link', { name: /The fridge is too warm/ }).click();
    const words = (await page.locator('.alert-card').innerText()).toLowerCase();
    const places = ['unplug it', 'let it thaw', 'after it was found', 'not yet reviewed'].map((one) =>
      words.indexOf(one),
    );
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(-1);
    await page.getByText('Certificate needed: flammable refrigerants').waitFor();
    await expectGoodPage(page);
    await page.getByRole('button', { name: 'Start the test' }).click();
    await page.getByRole('button', { name: 'Start the test' }).click();
    // The box of the test goes as soon as diagnosis has made something of it; what was found stays among the answers.
    await page.getByText('Defrost heater').first().waitFor();
    await expectGoodPage(page);
    expect(complaints).toEqual([]);
  });

  test('an owner says that it is switched off, and that it is in use again', async () => {
    await using visitor = await visit('en-GB', PHONE);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^Owner/ }).click();
    await page.getByRole('link', { name: /Kitchen fridge/ }).click();
    const field = page.getByLabel('Switched off until');
    await field.fill((await field.getAttribute('min'))!);
    await page.getByRole('button', { name: 'It is switched off' }).click();
    await page.getByText(/^It rests until/).waitFor();
    await expectGoodPage(page);
    await page.getByRole('button', { name: 'It is in use again' }).click();
    await field.waitFor();
    expect(complaints).toEqual([]);
  });

  test('the service reads the words in the appliance’s history, in Chinese', async () => {
    await using visitor = await visit('zh-CN', DESK);
    const { page, complaints } = visitor;
    await visitor.open('/');
    await page.getByRole('button', { name: /^调度/ }).click();
    await page.getByRole('link', { name: '家电' }).first().click();
    await page.getByRole('link', { name: /Kitchen fridge/ }).click();
    await page.getByRole('heading', { name: '用户反馈' }).waitFor();
    await page.getByText('It smells burnt and it is not cold').waitFor();
    await page.getByLabel('您发现了什么？').fill('用户说门关不严');
    await page.getByRole('button', { name: '继续' }).click();
    expect(await page.getByRole('checkbox', { name: '门关不严' }).isChecked()).toBe(true);
    await expectGoodPage(page);
    await page.getByRole('button', { name: '发送' }).click();
    await page.getByText('谢谢').waitFor();
    expect(complaints).toEqual([]);
  });
});
