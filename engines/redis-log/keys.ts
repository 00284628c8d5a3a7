// Names in Redis and positions. Entry ids are `0-<sequence>`: no clock is in them, so none can set them back.

/** Identity and number of partitions; also the channel on which appends are announced. The tag keeps all keys in one slot. */
export const ABOUT = '{stethos}:log';

/** By partition: the position up to which a trace of what was trimmed may not stay. */
export const ROLLED = `${ABOUT}:rolled`;

export const streamKey = (partition: number): string => `${ABOUT}:${partition}`;

/** The number of the last batch that this writer appended. */
export const writerKey = (writer: string): string => `${ABOUT}:writer:${writer}`;

export const MOST_PARTITIONS = 1024;

/** Of the entry `0-<sequence>`; unique in the whole log. */
export const positionOf = (sequence: number, partition: number): number => sequence * MOST_PARTITIONS + partition;

/** Behind the entry with this sequence; 0 while nothing was ever appended. */
export const positionBehind = (sequence: number, partition: number): number =>
  sequence === 0 ? 0 : positionOf(sequence + 1, partition);

/** The first sequence at `position` or behind it. */
export const sequenceAt = (position: number, partition: number): number =>
  Math.max(0, Math.ceil((position - partition) / MOST_PARTITIONS));

export const entryId = (sequence: number): string => `0-${sequence}`;

export const sequenceOf = (id: string | Buffer): number => Number(id.toString().slice(2));
