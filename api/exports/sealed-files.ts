// Files of an export at rest: cipher text under a key that follows from the person's own, so that erasure covers them.
// Frames of length, AES-256-GCM cipher text and tag; the number of a frame and whether it is the last are its nonce.
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { PlatformError } from '#runtime';

const FRAME_BYTES = 64 * 1024;
const HEAD_BYTES = 4;
const TAG_BYTES = 16;

/** A key for one file alone, so that its frames may count from 0. */
export const fileKey = (personKey: Uint8Array, folder: string, name: string): Buffer =>
  Buffer.from(hkdfSync('sha256', personKey, folder, `stethos export file ${name}`, 32));

function nonce(index: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(index, 7);
  bytes[11] = last ? 1 : 0;
  return bytes;
}

function frame(key: Buffer, index: number, last: boolean, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(index, last));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(sealed.length);
  return Buffer.concat([head, sealed, cipher.getAuthTag()]);
}

/** Writes the whole file, made with its folder; what stood there before is replaced. Returns how many bytes it holds in plain. */
export async function writeSealed(file: string, key: Buffer, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await using handle = await fs.open(file, 'w', 0o600);
  let index = 0;
  let bytes = 0;
  let waiting = Buffer.alloc(0);
  for await (const chunk of chunks) {
    bytes += chunk.length;
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length > FRAME_BYTES) {
      await handle.write(frame(key, index++, false, waiting.subarray(0, FRAME_BYTES)));
      waiting = waiting.subarray(FRAME_BYTES);
    }
  }
  await handle.write(frame(key, index, true, waiting));
  await handle.sync();
  return bytes;
}

/** The plain bytes, each frame proved before it is handed on. Throws for a file that was cut or changed. */
export async function* readSealed(file: string, key: Buffer): AsyncIterable<Uint8Array> {
  await using handle = await fs.open(file, 'r');
  const { size } = await handle.stat();
  if (size === 0) throw damaged();
  let offset = 0;
  for (let index = 0; offset < size; index++) {
    const { buffer: head } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, offset);
    const length = head.readUInt32BE();
    const end = offset + HEAD_BYTES + length + TAG_BYTES;
    if (length > FRAME_BYTES || end > size) throw damaged();
    const { buffer } = await handle.read(Buffer.alloc(length + TAG_BYTES), 0, length + TAG_BYTES, offset + HEAD_BYTES);
    yield opened(key, nonce(index, end === size), buffer.subarray(0, length), buffer.subarray(length));
    offset = end;
  }
}

function opened(key: Buffer, iv: Buffer, sealed: Buffer, tag: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    throw damaged();
  }
}

const damaged = (): PlatformError =>
  new PlatformError('damaged-export', 'reject', 'This file is damaged.', { hint: 'Ask for the export again.' });
