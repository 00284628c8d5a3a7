// The platform's clock. A faster one, for development, keeps its origin in the data folder: platform time never goes back.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ClockSpec } from '#runtime';

export function clockSpecOf(folder: string, rate: number): ClockSpec {
  if (rate === 1) return { kind: 'system' };
  const file = path.join(folder, 'clock.json');
  if (!fs.existsSync(file)) {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(file, JSON.stringify({ from: Date.now() }));
  }
  const { from } = JSON.parse(fs.readFileSync(file, 'utf8')) as { from: number };
  return { kind: 'scaled', rate, from };
}
