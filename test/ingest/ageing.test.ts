// What is due as readings grow old, when it is done, and which part of a chart comes from where.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROLLUP_MS } from '#contracts';
import { Ageing, type Horizons, horizonsAt, type KeepRules } from '#ingest';
import { DAY, HOUR, type Logger, MINUTE, manualClock, PlatformError } from '#runtime';
import { joined, piecesOf } from '../../ingest/history.ts';

const NOW = Date.UTC(2026, 2, 2, 9, 17);
const MIDNIGHT = Date.UTC(2026, 2, 2);
const RULES: KeepRules = { rawDays: 90, rollupDays: 730 };
const quiet: Logger = { info() {}, warn() {}, error() {} };

describe('what is due', () => {
  it('closes an hour when another has passed', () => {
    expect(horizonsAt(NOW, RULES).closedBefore).toBe(Date.UTC(2026, 2, 2, 8));
    expect(horizonsAt(Date.UTC(2026, 2, 2, 9), RULES).closedBefore).toBe(Date.UTC(2026, 2, 2, 8));
    expect(horizonsAt(Date.UTC(2026, 2, 2, 9) - 1, RULES).closedBefore).toBe(Date.UTC(2026, 2, 2, 7));
  });

  it('keeps whole days, and never less than the rule says', () => {
    for (const at of [NOW, MIDNIGHT, MIDNIGHT - 1]) {
      const { rawBefore, rollupsBefore } = horizonsAt(at, RULES);
      expect([rawBefore % DAY, rollupsBefore % DAY]).toEqual([0, 0]);
      expect(rawBefore).toBeLessThanOrEqual(at - 90 * DAY);
      expect(rawBefore).toBeGreaterThan(at - 93 * DAY);
      expect(rollupsBefore).toBeLessThanOrEqual(at - 730 * DAY);
      expect(rollupsBefore).toBeGreaterThan(at - 732 * DAY);
    }
  });

  it('forgets nothing that may still come: what is taken a day after its receipt has its place', () => {
    const receivedAt = NOW;
    const oldest = receivedAt - RULES.rawDays * DAY;
    expect(horizonsAt(receivedAt + DAY, RULES).rawBefore).toBeLessThanOrEqual(oldest);
  });
});

describe('a chart', () => {
  const RAW = MIDNIGHT - 90 * DAY;
  const query = (from: number, to: number, bucketMs = HOUR) => ({ from, to, bucketMs });

  it('of a day is drawn from raw readings', () => {
    expect(piecesOf(query(NOW - DAY, NOW), RAW, [])).toEqual([{ from: NOW - DAY, to: NOW, rolledUp: false }]);
  });

  it('of a long span is drawn from roll-ups, but where they are lacking', () => {
    const [from, to] = [MIDNIGHT - 30 * DAY, MIDNIGHT];
    const gap = { from: MIDNIGHT - DAY, to: MIDNIGHT + DAY };
    expect(piecesOf(query(from, to), RAW, [gap])).toEqual([
      { from, to: gap.from, rolledUp: true },
      { from: gap.from, to, rolledUp: false },
    ]);
  });

  it('with short buckets is drawn from raw readings as long as there are any', () => {
    const [from, to] = [RAW - DAY, MIDNIGHT];
    expect(piecesOf(query(from, to, MINUTE), RAW, [])).toEqual([
      { from, to: RAW, rolledUp: true },
      { from: RAW, to, rolledUp: false },
    ]);
  });

  it('takes each moment from one source, roll-ups whole and never where they are lacking', () => {
    const at = fc.integer({ min: MIDNIGHT - 100 * DAY, max: MIDNIGHT });
    const hour = fc.integer({ min: 0, max: 100 * 24 });
    fc.assert(
      fc.property(
        at,
        at,
        fc.uniqueArray(hour, { maxLength: 6 }),
        fc.constantFrom(MINUTE, HOUR, DAY),
        (a, b, hours, bucketMs) => {
          const gaps = hours.sort((x, y) => x - y).map((n) => MIDNIGHT - 100 * DAY + n * HOUR);
          const lacking = gaps.map((from) => ({ from, to: from + HOUR }));
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          const pieces = piecesOf(query(from, to, bucketMs), RAW, lacking);
          let reached = from;
          for (const piece of pieces) {
            expect(piece.from).toBe(reached);
            expect(piece.to).toBeGreaterThan(piece.from);
            reached = piece.to;
            if (!piece.rolledUp) continue;
            expect([piece.from % ROLLUP_MS, piece.to % ROLLUP_MS]).toEqual([0, 0]);
            expect(lacking.filter((gap) => gap.from < piece.to && gap.to > piece.from)).toEqual([]);
          }
          expect(reached).toBe(to);
        },
      ),
    );
  });

  it('adds up a bucket that two sources share', () => {
    const [a, b] = [
      { at: 0, mean: 1, min: 0, max: 2, count: 3 },
      { at: 0, mean: 5, min: 4, max: 6, count: 1 },
    ];
    const other = { at: 10, mean: 1, min: 1, max: 1, count: 1 };
    expect(joined([[other], [a], [b]])).toEqual([{ at: 0, mean: 2, min: 0, max: 6, count: 4 }, other]);
  });
});

describe('ageing', () => {
  function ageing(pieces: number | Error, isQuiet: () => boolean = () => true) {
    const { clock, set } = manualClock(NOW);
    const asked: Horizons[] = [];
    const said: string[] = [];
    let left = pieces;
    const store = {
      async age(horizons: Horizons): Promise<boolean> {
        asked.push(horizons);
        if (left instanceof Error) throw left;
        left = Number(left) - 1;
        return left > 0;
      },
    };
    const logger = {
      ...quiet,
      warn: (fields: object, message: string) => void said.push(`${message} ${JSON.stringify(fields)}`),
    };
    const stage = new Ageing({ store, rules: RULES, clock, logger, quiet: async () => isQuiet() });
    const settle = (outcome: number | Error): void => {
      left = outcome;
    };
    return { stage, asked, said, set, settle };
  }

  it('goes on until nothing is due', async () => {
    const { stage, asked } = ageing(4);
    await stage.run();
    expect(asked).toEqual(Array(4).fill(horizonsAt(NOW, RULES)));
  });

  it('waits while messages wait, but not for ever', async () => {
    let busy = false;
    const { stage, asked, set } = ageing(100, () => !busy && asked.length < 3);
    await stage.run();
    expect(asked).toHaveLength(3);
    busy = true;
    await stage.run();
    expect(asked).toHaveLength(3);
    set(NOW + 6 * HOUR + 1);
    await stage.run();
    expect(asked).toHaveLength(100);
  });

  it('tells a problem once, with what to do, and tries again', async () => {
    const away = new PlatformError('away', 'retry', 'The bucket is missing.', { hint: 'Make it.' });
    const { stage, asked, said, settle } = ageing(away);
    await stage.run();
    await stage.run();
    expect(said).toEqual([expect.stringMatching(/The bucket is missing.*Make it/)]);
    expect(stage.problem).toBe('The bucket is missing.');
    settle(1);
    await stage.run();
    expect(asked).toHaveLength(3);
    expect(stage.problem).toBeNull();
  });

  it('stops between two pieces', async () => {
    const { stage, asked } = ageing(1e9);
    const running = stage.run();
    await stage[Symbol.asyncDispose]();
    await running;
    expect(asked.length).toBeLessThan(3);
  });
});
