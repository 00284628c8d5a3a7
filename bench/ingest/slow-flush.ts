// Preloaded into the platform's process and its threads: a disk that takes FLUSH_MS longer to flush. DuckDB flushes in
// native code and is not slowed.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const extraMs = Number(process.env.FLUSH_MS);
const cell = new Int32Array(new SharedArrayBuffer(4));

const { fdatasync, fsync, fsyncSync, fdatasyncSync } = fs;
const later =
  (flush: typeof fsync): ((fd: number, done: fs.NoParamCallback) => void) =>
  (fd, done) =>
    flush(fd, (error) => setTimeout(() => done(error), extraMs));
const longer =
  (flush: typeof fsyncSync): ((fd: number) => void) =>
  (fd) => {
    flush(fd);
    Atomics.wait(cell, 0, 0, extraMs);
  };

Object.assign(fs, {
  fdatasync: later(fdatasync as typeof fsync),
  fsync: later(fsync),
  fsyncSync: longer(fsyncSync),
  fdatasyncSync: longer(fdatasyncSync),
});
syncBuiltinESMExports();
