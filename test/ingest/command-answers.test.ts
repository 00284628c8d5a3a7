import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Id, newId } from '#contracts';
import { listQuarantine, type TakeAnswers } from '#ingest';
import {
  askCommand,
  commandById,
  createAppliance,
  createHousehold,
  openBytes,
  takeCommandAnswers,
  takeCommands,
} from '#registry';
import type { TestDatabase } from '../engines/databases.ts';
import { type Line, MODEL, NOW, openDatabase, openLine } from './line.ts';

let database: TestDatabase;
let line: Line;
let fridge: Id;
beforeAll(async () => {
  database = await openDatabase();
  const { id: household } = await createHousehold(database.sql, { name: 'Home', region: 'north', now: NOW });
  const made = { model: MODEL, name: 'Fridge', household, now: NOW, pepper: 'a pepper of the test' };
  fridge = (await createAppliance(database.sql, made)).id;
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  line = await openLine(database.sql);
});
afterEach(() => line[Symbol.asyncDispose]());

const answered: TakeAnswers = (answers) => takeCommandAnswers(database.sql, answers);

async function sent(): Promise<Id> {
  const ask = {
    appliance: fridge,
    kind: 'self-test',
    parameters: {},
    askedBy: newId(),
    by: 'platform',
    now: NOW,
  } as const;
  const { id } = await askCommand(database.sql, ask);
  await takeCommands(database.sql, { appliances: [fridge], again: false, broker: 'one', now: NOW });
  return id;
}
const stateOf = async (id: Id) => (await commandById(database.sql, id, NOW))?.state;

describe('an answer to a command in the log', () => {
  it('is what came of the command, and no reading', async () => {
    const id = await sent();
    await using worker = await line.work({ answered });
    await line.answer(fridge, id, '{"outcome":"done","values":{"cabinet_temperature":4}}');
    await worker.done();
    expect(await commandById(database.sql, id, NOW)).toMatchObject({
      state: 'answered',
      result: { outcome: 'done', values: { cabinet_temperature: 4 } },
    });
    expect(await line.stored(fridge, 'cabinet_temperature')).toEqual([]);
    expect(line.notices).toEqual([]);
    expect(await listQuarantine(line.sql, { limit: 10 })).toEqual([]);
  });

  it('that answers nothing is in quarantine as it came, the appliance hears why, and what follows is taken', async () => {
    const [id, stranger] = [await sent(), newId()];
    await using worker = await line.work({ answered });
    await line.answer(fridge, stranger, 'who knows');
    await line.answer(fridge, id, '{"outcome":"refused"}');
    await worker.done();
    const [kept, ...more] = await listQuarantine(line.sql, { limit: 10 });
    expect(more).toEqual([]);
    expect(kept).toMatchObject({ channel: 'commands', reason: 'There is no such command for this appliance.' });
    expect(Buffer.from((await openBytes(line.sql, kept!.subject!, kept!.payload))!).toString()).toBe('who knows');
    expect(line.notices.map(({ appliance, notice }) => [appliance, notice.code, notice.reason])).toEqual([
      [fridge, 'rejected-message', 'There is no such command for this appliance.'],
    ]);
    expect(await stateOf(id)).toBe('failed');
  });

  it('waits in the log while the registry is away, and so does what follows', async () => {
    const id = await sent();
    let away = 2;
    await using worker = await line.work({
      answered: async (answers) => {
        if (away-- > 0) throw new Error('away');
        return answered(answers);
      },
    });
    await line.answer(fridge, id, '{"outcome":"done"}');
    await line.hear(fridge, { values: { cabinet_temperature: 4 } });
    await worker.done();
    expect(await stateOf(id)).toBe('answered');
    expect(await line.stored(fridge, 'cabinet_temperature')).toHaveLength(1);
  });

  it('that comes again after a restart changes nothing, and is not complained of twice', async () => {
    const id = await sent();
    {
      await using worker = await line.work({ answered });
      await line.answer(fridge, id, '{"outcome":"done"}');
      await line.answer(fridge, newId(), '{"outcome":"done"}');
      await worker.done();
    }
    await line.sql.query('update app.consumer set position = 0, kept_from = 0');
    await using worker = await line.work({ answered });
    await line.hear(fridge, { values: { cabinet_temperature: 4 } });
    await worker.done();
    expect(await stateOf(id)).toBe('answered');
    expect(await listQuarantine(line.sql, { limit: 10 })).toHaveLength(1);
    expect(line.notices).toHaveLength(1);
  });
});
