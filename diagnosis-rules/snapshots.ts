// Snapshots of the evaluator: in a file beside the log, or in the database where the next owner may be another machine.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import { keepFrom, type Lease, type Sql, syncFolder } from '#runtime';

export interface Snapshots {
  /** The last one; null when there is none, or it is damaged: then the log is replayed from its oldest record. */
  load(lease: Lease): Promise<{ position: number; state: Buffer } | null>;
  /** `position`: the log position that the state stands at; the log before it is not needed here any more. Throws `lease-lost`. */
  save(lease: Lease, position: number, state: Buffer): Promise<void>;
}

const HEAD_BYTES = 12;

/** For a log in a folder of this process. */
export function snapshotFiles(folder: string, sql: Sql): Snapshots {
  // The first one's name is from when there was only one.
  const fileOf = ({ partition }: Lease): string =>
    path.join(folder, partition === 0 ? 'diagnosis' : `diagnosis-${partition}`);
  return {
    load: async (lease) => readSnapshot(fileOf(lease)),
    async save(lease, position, state) {
      writeSnapshot(fileOf(lease), position, state);
      await keepFrom(sql, lease, position);
    },
  };
}

/** For a log that several processes read. */
export function snapshotRows(sql: Sql): Snapshots {
  return {
    async load({ partition }) {
      const [row] = await sql.query<{ position: number; state: Uint8Array }>(
        'select position, state from app.diagnosis_snapshot where partition = $1',
        [partition],
      );
      return row ? { position: row.position, state: Buffer.from(row.state) } : null;
    },
    async save(lease, position, state) {
      await sql.transaction(async (tx) => {
        await keepFrom(tx, lease, position);
        await tx.query(
          `insert into app.diagnosis_snapshot (partition, position, state) values ($1, $2, $3)
           on conflict (partition) do update set position = excluded.position, state = excluded.state`,
          [lease.partition, position, state],
        );
      });
    },
  };
}

/** Written whole beside the old one, then renamed over it. */
function writeSnapshot(file: string, position: number, state: Buffer): void {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeDoubleLE(position, 0);
  head.writeUInt32LE(crc32(state), 8);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const handle = fs.openSync(`${file}.new`, 'w');
  try {
    fs.writevSync(handle, [head, state]);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(`${file}.new`, file);
  // The log behind it is trimmed next: the new name must not be lost in a power cut.
  syncFolder(path.dirname(file));
}

/** Null when there is none, or it is damaged. */
export function readSnapshot(file: string): { position: number; state: Buffer } | null {
  if (!fs.existsSync(file)) return null;
  const bytes = fs.readFileSync(file);
  if (bytes.length < HEAD_BYTES) return null;
  const state = bytes.subarray(HEAD_BYTES);
  return crc32(state) === bytes.readUInt32LE(8) ? { position: bytes.readDoubleLE(0), state } : null;
}
