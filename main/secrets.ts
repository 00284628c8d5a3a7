// What the platform must keep to itself lives in files of the data folder that only its user may read.
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Key over the secrets of appliances, made once. Losing it makes every appliance's secret worthless. */
export function readPepper(folder: string, given: string | undefined): string {
  if (given) return given;
  const file = path.join(folder, 'pepper');
  if (!fs.existsSync(file)) writePrivate(file, randomBytes(32).toString('base64url'));
  return fs.readFileSync(file, 'utf8');
}

/** Whole or not at all, readable by this user only. */
export function writePrivate(file: string, text: string): void {
  const handle = fs.openSync(`${file}.new`, 'w', 0o600);
  try {
    fs.writeSync(handle, text);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(`${file}.new`, file);
}
