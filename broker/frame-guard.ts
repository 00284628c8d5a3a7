// Bounds one MQTT packet before anything buffers it: Aedes keeps whatever length a packet claims, even before CONNECT.
// It also hands Aedes all bytes that are there at once, which newer Node versions no longer do by themselves.
import type { Duplex } from 'node:stream';

/** Reads remaining lengths [MQTT-2.2.3] across chunks; `take` is false once a packet is longer than `limit()`. */
export function frameScanner(limit: () => number): { take(chunk: Buffer): boolean } {
  let toSkip = 0;
  let length = 0;
  let shift = -1;
  return {
    take(chunk) {
      for (let i = 0; i < chunk.length; ) {
        if (toSkip > 0) {
          const skipped = Math.min(toSkip, chunk.length - i);
          toSkip -= skipped;
          i += skipped;
          continue;
        }
        if (shift < 0) {
          shift = 0;
          length = 0;
          i++;
          continue;
        }
        const byte = chunk[i++]!;
        length += (byte & 127) * 2 ** shift;
        shift += 7;
        if (length > limit() || shift > 28) return false;
        if ((byte & 128) === 0) {
          toSkip = length;
          shift = -1;
        }
      }
      return true;
    },
  };
}

/** Wraps the reading side of `connection`; a packet over `limit()` destroys it after `tooLarge` was called. */
export function guardFrames<Connection extends Duplex>(
  connection: Connection,
  limit: () => number,
  tooLarge: () => void,
): Connection {
  const read = connection.read.bind(connection);
  const scanner = frameScanner(limit);
  connection.read = (size?: number) => {
    if (size !== undefined && size !== null) return read(size);
    const chunks: Buffer[] = [];
    for (let chunk: Buffer | null = read(); chunk !== null; chunk = read()) {
      if (!scanner.take(chunk)) {
        tooLarge();
        connection.destroy(new Error('packet too large'));
        return null;
      }
      chunks.push(chunk);
    }
    if (chunks.length === 0) return null;
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  };
  return connection;
}
