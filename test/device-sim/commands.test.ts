// A simulated appliance is asked something, over real MQTT.
import { describe, expect, it } from 'vitest';
import { type CommandParameters, type CommandPayload, commandsTopic, newId } from '#contracts';
import { type DeviceOptions, startDevice } from '#device-sim';
import { HOUR, MINUTE, START } from './days.ts';
import { listeningBroker } from './listening-broker.ts';

const command = (kind: string, parameters: CommandParameters = {}): CommandPayload => ({
  command: newId(),
  kind,
  parameters,
  expiresAt: START + HOUR,
  at: START,
});

async function asked(options: Partial<DeviceOptions>, ...payloads: CommandPayload[]) {
  const stack = new AsyncDisposableStack();
  const broker = stack.use(await listeningBroker());
  let now = START;
  const device = stack.use(
    startDevice({ ...broker, seed: 7, now: () => now, live: false, manner: 'obeys', ...options }),
  );
  await device.catchUp();
  await broker.listenedTo(commandsTopic(broker.id));
  const say = (payload: CommandPayload) => broker.send(commandsTopic(broker.id), payload);
  for (const payload of payloads) await say(payload);
  return {
    broker,
    device,
    say,
    setClock: (at: number) => {
      now = at;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

describe('a device that is asked', () => {
  it('to report now says what it measured last', async () => {
    await using unit = await asked({}, command('report-now'));
    const [answer] = await unit.broker.answered(1);
    const last = unit.broker.taken.at(-1)!.readings.at(-1)!;
    expect(answer!.result).toEqual({ outcome: 'done', values: last.values });
  });

  it('to test itself tells which part does not work', async () => {
    const broken = { episodes: [{ what: 'evaporator-fan', fromMs: -HOUR } as const] };
    await using well = await asked({}, command('self-test'));
    await using ill = await asked(broken, command('self-test'));
    expect((await well.broker.answered(1))[0]!.result.values).toEqual({
      compressor_starts: true,
      fan_turns: true,
      defrost_heater_heats: true,
    });
    expect((await ill.broker.answered(1))[0]!.result.values).toMatchObject({
      compressor_starts: true,
      fan_turns: false,
    });
  });

  it('to keep another temperature does so', async () => {
    await using unit = await asked({}, command('set-point', { set_point: 7 }));
    const [answer] = await unit.broker.answered(1);
    expect(answer!.result).toEqual({ outcome: 'done', values: { set_point: 7 } });
    unit.setClock(START + 6 * HOUR);
    await unit.device.catchUp();
    const later = unit.broker.taken.flatMap(({ readings }) => readings).filter(({ at }) => at! > START + 4 * HOUR);
    expect(new Set(later.map(({ values }) => values.set_point).filter((value) => value !== undefined))).toEqual(
      new Set([7]),
    );
    const temperatures = later.map(({ values }) => values.cabinet_temperature as number).filter((t) => t !== undefined);
    const mean = temperatures.reduce((sum, t) => sum + t, 0) / temperatures.length;
    expect(mean).toBeGreaterThan(6);
  });

  it('to show itself does so, once, and gives the same answer to the same command', async () => {
    const identify = command('identify', { by: 'light' });
    await using unit = await asked({}, identify, identify);
    const answers = await unit.broker.answered(2);
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]!.command).toBe(identify.command);
  });

  it('to start anew answers first, comes back, and counts its messages anew', async () => {
    const answered = Promise.withResolvers<CommandPayload>();
    await using unit = await asked({ pastHours: 6, on: { answered: answered.resolve } }, command('restart'));
    const before = unit.broker.taken.length;
    await answered.promise;
    unit.setClock(START + 5 * MINUTE);
    await unit.device.catchUp();
    expect(unit.broker.connections()).toBe(2);
    expect(unit.broker.taken.slice(before).map(({ seq }) => seq)).toEqual([0]);
  });

  it('for something that it cannot do refuses', async () => {
    await using unit = await asked({}, command('sing'));
    expect((await unit.broker.answered(1))[0]!.result).toMatchObject({ outcome: 'refused' });
  });

  it('behind the time of the command does nothing', async () => {
    const late = { ...command('identify'), expiresAt: START };
    await using unit = await asked({}, late, command('report-now'));
    const answers = await unit.broker.answered(1);
    expect(answers.map(({ command: id }) => id)).not.toContain(late.command);
  });

  it('refuses everything when it is made so', async () => {
    await using unit = await asked({ manner: 'refuses' }, command('identify', { by: 'light' }));
    expect((await unit.broker.answered(1))[0]!.result.outcome).toBe('refused');
  });

  it('hears and never answers when it is made so', async () => {
    const heard = Promise.withResolvers<CommandPayload>();
    const ask = command('self-test');
    await using unit = await asked({ manner: 'silent', on: { command: heard.resolve } }, ask);
    expect(await heard.promise).toEqual(ask);
    unit.setClock(START + MINUTE);
    await unit.device.catchUp();
    expect(await unit.broker.answered(0)).toEqual([]);
  });
});
