// An appliance always lands in the same partition of the log, so that one consumer sees all of it, in order.
import { crc32 } from 'node:zlib';
import type { Id } from '#contracts';

/** 0 to `partitions` - 1. */
export const partitionOf = (appliance: Id, partitions: number): number =>
  partitions === 1 ? 0 : crc32(appliance) % partitions;
