// Damage to the files of a log that is closed: flipped bits, cut tails, overwritten and added bytes.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { openSegmentLogSource, openSegmentLogWriter, type SegmentLogWriter } from '#engines/segment-log';
import { append, bodyOf, Listener, message, readFrom } from '../log-stores.ts';

export type DamageCount = {
  damages: number;
  /** Opening, reading or appending failed. */
  refused: number;
  /** Records that are not what was written at their position. */
  wrong: number;
  /** The log ended before what it had held, although nothing was cut off. */
  wentBack: number;
  /** Records that one flipped bit cost, at most. */
  mostLostByOneBit: number;
};

const RECORDS = 120;
const random = (below: number): number => Math.floor(Math.random() * below);

const DAMAGES = {
  'flipped bit': (bytes: Buffer): Buffer => {
    bytes[random(bytes.length)]! ^= 1 << random(8);
    return bytes;
  },
  'cut tail': (bytes: Buffer): Buffer => bytes.subarray(0, random(bytes.length)),
  'overwritten bytes': (bytes: Buffer): Buffer => {
    const at = random(bytes.length);
    const end = at + 1 + random(600);
    for (let i = at; i < Math.min(end, bytes.length); i++) bytes[i] = random(256);
    return bytes;
  },
  'sector of zeros': (bytes: Buffer): Buffer => {
    const at = random(Math.ceil(bytes.length / 512)) * 512;
    return bytes.fill(0, at, Math.min(at + 512, bytes.length));
  },
  'added bytes': (bytes: Buffer): Buffer =>
    Buffer.concat([bytes, Buffer.from(Array.from({ length: 300 }, () => random(256)))]),
} as const;
type Damage = keyof typeof DAMAGES;
const KINDS = Object.keys(DAMAGES) as Damage[];

export async function damages(attempts: number): Promise<DamageCount> {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-damage-'));
  const count = { damages: 0, refused: 0, wrong: 0, wentBack: 0, mostLostByOneBit: 0 };
  try {
    const whole = path.join(parent, 'whole');
    const written = await write(whole);
    for (let attempt = 0; attempt < attempts; attempt++)
      await oneDamage(whole, written, path.join(parent, 'damaged'), KINDS[attempt % KINDS.length]!, count);
  } finally {
    fs.rmSync(parent, { recursive: true });
  }
  return count;
}

/** `bodies`: by position. */
type Written = { bodies: ReadonlyMap<number, string>; end: number };

async function write(folder: string): Promise<Written> {
  const log = open(folder);
  for (let i = 0; i < RECORDS; i++) await append(log, message(`${i} `.padEnd(random(300), 'x')));
  const { records, end } = await read(folder, log);
  await log.close();
  return { bodies: new Map(records.map(({ position, body }) => [position, body])), end };
}

async function oneDamage(
  whole: string,
  written: Written,
  folder: string,
  kind: Damage,
  count: DamageCount,
): Promise<void> {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.cpSync(whole, folder, { recursive: true });
  const names = fs.readdirSync(folder);
  const file = path.join(folder, names[random(names.length)]!);
  const bytes = fs.readFileSync(file);
  if (bytes.length > 0) fs.writeFileSync(file, DAMAGES[kind](bytes));
  count.damages++;
  try {
    const log = open(folder);
    const seen = await read(folder, log);
    count.wrong += seen.records.filter(({ position, body }) => written.bodies.get(position) !== body).length;
    if (kind !== 'cut tail' && seen.end < written.end) count.wentBack++;
    if (kind === 'flipped bit')
      count.mostLostByOneBit = Math.max(count.mostLostByOneBit, RECORDS - seen.records.length);
    await append(log, message('next'));
    if ((await read(folder, log)).records.at(-1)?.body !== 'next') count.refused++;
    await log.close();
  } catch (error) {
    console.error(kind, error);
    count.refused++;
  }
}

const open = (folder: string): SegmentLogWriter =>
  openSegmentLogWriter({
    folder,
    segmentBytes: 6 * 1024,
    logger: new Listener(),
    onFatal: (error) => {
      throw error;
    },
  });

type Read = { records: { position: number; body: string }[]; end: number };

async function read(folder: string, log: SegmentLogWriter): Promise<Read> {
  await using source = openSegmentLogSource({ folder, shared: log.shared, logger: new Listener() });
  const reader = source.reader(0);
  const seen = await readFrom(reader, 0, 2_000);
  const records = seen.map((each) => ({ position: each.position, body: bodyOf(each) }));
  return { records, end: await reader.end() };
}
