// Recordings: columns found or named, times read as people write them, faults of the file told with what to do.
import { describe, expect, it } from 'vitest';
import { place, readRecording, replay } from '#device-sim';
import { UsageError } from '../../device-sim/usage-error.ts';
import { HOUR, MINUTE, START } from './days.ts';
import { listeningBroker } from './listening-broker.ts';

const fails = (work: () => unknown): UsageError => {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('expected a UsageError');
};

describe('reading a recording', () => {
  it('finds the column of times and the column of power, and leaves index and label alone', () => {
    const { samples, mapping, labelled } = readRecording(
      ',ctime,activePower,label\n0,2020-01-18 02:00:00,0.0,0\n1,2020-01-18 02:01:00,71.5,1\n2,2020-01-18 02:02:00,70,0\n',
    );
    expect(mapping).toEqual([{ column: 'activePower', signal: 'power', factor: 1 }]);
    const first = Date.UTC(2020, 0, 18, 2);
    expect(samples).toEqual([
      { at: first, values: { power: 0 } },
      { at: first + MINUTE, values: { power: 71.5 } },
      { at: first + 2 * MINUTE, values: { power: 70 } },
    ]);
    expect(labelled).toEqual([{ from: first + MINUTE, until: first + 2 * MINUTE }]);
  });

  it('reads a byte order mark, CRLF, and dates whose order of day and month only the span tells', () => {
    const american = readRecording('\uFEFFctime,activePower\r\n3/4/2020 23:59,1\r\n3/5/2020 0:00,2\r\n');
    expect(american.samples[0]!.at).toBe(Date.UTC(2020, 2, 4, 23, 59));
    const european = readRecording('time;watts\n30/4/2020 23:59;1,5\n1/5/2020 00:00;2\n');
    expect(european.samples).toEqual([
      { at: Date.UTC(2020, 3, 30, 23, 59), values: { power: 1.5 } },
      { at: Date.UTC(2020, 4, 1), values: { power: 2 } },
    ]);
    const ambiguous = readRecording('time,power\n01/02/2020 23:59,1\n02/02/2020 00:00,2\n');
    expect(ambiguous.samples[0]!.at).toBe(Date.UTC(2020, 1, 1, 23, 59));
  });

  it('reads epoch seconds, milliseconds, microseconds and ISO times with a zone', () => {
    const at = Date.UTC(2024, 5, 1, 12);
    for (const cell of [
      at / 1000,
      at,
      at * 1000,
      '2024-06-01T12:00:00Z',
      '2024-06-01 14:00:00+02:00',
      '6/1/2024 12:00 PM',
    ]) {
      expect(readRecording(`timestamp,power\n${cell},5\n`).samples[0]!.at, String(cell)).toBe(at);
    }
  });

  it('maps columns as told, with a factor, and knows signals by their own names', () => {
    const text = 'at,kw,door_open,cabinet_temperature\n1700000000000,0.1,1,4.5\n';
    expect(readRecording(text, { map: ['kw=power*1000', 'door_open=door_open'] }).samples[0]!.values).toEqual({
      power: 100,
      door_open: true,
    });
    expect(readRecording(text).samples[0]!.values).toEqual({ door_open: true, cabinet_temperature: 4.5 });
    expect(
      readRecording('at,degrees\n1700000000000,4\n', { signal: 'cabinet_temperature' }).samples[0]!.values,
    ).toEqual({
      cabinet_temperature: 4,
    });
  });

  it('leaves out rows without time or number and counts them', () => {
    const { samples, skipped } = readRecording(
      'time,power\n2020-01-01 00:00,5\nsoon,5\n2020-01-01 00:02,\n2020-01-01 00:03,NaN\n',
    );
    expect(samples.length).toBe(1);
    expect(skipped).toEqual({ count: 3, firstLine: 3 });
  });

  it('sorts by time; of two rows of one time the later row wins', () => {
    const { samples } = readRecording('time,power\n2020-01-01 00:01,1\n2020-01-01 00:00,2\n2020-01-01 00:01,3\n');
    expect(samples.map(({ values }) => values.power)).toEqual([2, 3]);
  });

  it('says what is wrong and what to do', () => {
    expect(fails(() => readRecording('')).message).toMatch(/empty/);
    expect(fails(() => readRecording('time,power\n')).message).toMatch(/empty/);
    expect(fails(() => readRecording('a,b\n1,2\n')).hint).toMatch(/--time.*a, b/);
    expect(fails(() => readRecording('time,a,b\n1700000000,2,3\n')).hint).toMatch(/--map.*a, b/);
    expect(fails(() => readRecording('time,a\n1700000000,2\n', { map: ['c=power'] })).message).toMatch(/no column "c"/);
    expect(fails(() => readRecording('time,a\n1700000000,2\n', { map: ['power'] })).hint).toMatch(/column=signal/);
    expect(fails(() => readRecording('time,power\nyesterday,2\n')).message).toMatch(/no row has both/);
    expect(fails(() => readRecording('time,power\n"yesterday,2\n')).message).toMatch(/not a CSV file/);
  });
});

describe('replay', () => {
  const rows = Array.from({ length: 500 }, (_, i) => `${START + i * MINUTE},${i % 90}`);
  const recording = readRecording(`at,power\n${rows.join('\n')}\n`);

  it('publishes the whole recording so that it ends now, in batches, and finishes', async () => {
    await using broker = await listeningBroker();
    const now = START + 100 * HOUR;
    const placed = place(recording, { ends: 'now' }, now);
    await using device = replay({ ...broker, recording: placed, now: () => now });
    await device.finished;
    expect(broker.stamps()).toEqual(rows.map((_, i) => now - (rows.length - 1 - i) * MINUTE));
    expect(broker.taken.length).toBeLessThan(10);
  });

  it('waits for what lies ahead', async () => {
    await using broker = await listeningBroker();
    let now = START + 50 * MINUTE;
    await using device = replay({
      ...broker,
      recording: place(recording, { starts: START }, now),
      now: () => now,
      live: false,
    });
    await device.catchUp();
    expect(broker.stamps().at(-1)).toBe(now);
    now += 10 * MINUTE;
    await device.catchUp();
    expect(broker.stamps().at(-1)).toBe(now);
  });

  it('keeps the stamps when asked to', () => {
    expect(place(recording, 'as recorded', 0).samples[0]!.at).toBe(START);
  });
});
