// A data folder whose platform lives elsewhere now: two of it would go different ways.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PlatformError } from '#runtime';
import { writePrivate } from '../secrets.ts';

const fileOf = (folder: string): string => path.join(folder, 'moved.json');

/** From here on no platform starts on the folder. */
export const markMoved = (folder: string): void => writePrivate(fileOf(folder), '{}\n');

export function refuseMoved(folder: string): void {
  if (!fs.existsSync(fileOf(folder))) return;
  throw new PlatformError(
    'folder-moved',
    'fatal',
    `The platform in ${folder} was moved, or is being moved, to other engines.`,
    {
      hint: `To go back to it, delete ${fileOf(folder)}: what came after the move is not in it.`,
    },
  );
}
