// Short forms of what `npm run test:disk` does to the log at length.
import { describe, expect, it } from 'vitest';
import { killWriters } from '../log-kills.ts';
import { MEBIBYTE, segmentStore } from '../log-stores.ts';
import { damages } from './damage.ts';
import { flushOrder, straceIsThere } from './flush-order.ts';
import { fills, smallDisk } from './full-disk.ts';
import { powerCuts } from './power-cuts.ts';
import { refusedFlush, refusedSize, refusedWrites } from './refusing-disk.ts';

const NOTHING = { lost: 0, doubled: 0, disordered: 0 };

describe('the segment log', () => {
  it('keeps what it acknowledged, and what it showed to readers, when the power is cut', async () => {
    const count = await powerCuts(12);
    expect(count).toMatchObject({ lost: 0, wrong: 0, wentBack: 0 });
    expect(count.unflushedBytes).toBeGreaterThan(0);
  });

  it('would be seen to lose records on a disk that lies', async () => {
    const { lost } = await powerCuts(4, { lying: true });
    expect(lost).toBeGreaterThan(0);
  });

  it('opens whatever was done to its files, and never serves what nobody wrote', async () => {
    expect(await damages(60)).toMatchObject({ damages: 60, refused: 0, wrong: 0, wentBack: 0 });
  });

  it('loses and doubles nothing when its writer is killed', async () => {
    await using store = segmentStore();
    expect(await killWriters(store, ['segments', store.folder], 4)).toMatchObject({ kills: 4, ...NOTHING });
  });

  describe.skipIf(!canMount())('on a small disk (skipped where none can be mounted)', () => {
    it('acknowledges nothing while it is full, and goes on by itself', async () => {
      using disk = smallDisk(4)!;
      const held = { lost: 0, doubled: 0, wrong: 0, acknowledgedWhileFull: 0 };
      expect(await fills(disk.path, 3)).toMatchObject({ fills: 3, ...held });
    });

    it('leaves others the reserve', async () => {
      using disk = smallDisk(4)!;
      const { leastFreeBytes, ...count } = await fills(disk.path, 3, { reserveBytes: MEBIBYTE });
      expect(leastFreeBytes).toBeGreaterThan(MEBIBYTE / 2);
      expect(count).toMatchObject({ fills: 3, lost: 0, doubled: 0, acknowledgedWhileFull: 0 });
    });
  });

  it('goes on when files may grow again', async () => {
    expect(await refusedSize()).toMatchObject(NOTHING);
  });

  describe.skipIf(!straceIsThere())('watched by strace (skipped where it is not installed)', () => {
    it.each(['EIO', 'EROFS'] as const)('goes on after writes that failed with %s', async (error) => {
      const count = await refusedWrites(error);
      expect(count).toMatchObject(NOTHING);
      expect(count.refused).toBeGreaterThan(4);
    });

    it('ends after a flush that failed, and acknowledges nothing more', async () => {
      const count = await refusedFlush();
      expect(count).toMatchObject({ ...NOTHING, ended: '1' });
      expect(count.refused).toBeGreaterThan(0);
    });

    it('is flushed before each PUBACK leaves', () => {
      const { pubacks, early } = flushOrder(5, 30);
      expect(pubacks).toBe(150);
      expect(early).toBe(0);
    });
  });
});

function canMount(): boolean {
  using disk = smallDisk(1);
  return disk !== null;
}
