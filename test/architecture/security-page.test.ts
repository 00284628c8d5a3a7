// docs/security.md answers every point, and each test that it names exists and runs.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './sources.ts';

const page = fs.readFileSync(path.join(ROOT, 'docs/security.md'), 'utf8');
const rows = page.split('\n').filter((line) => /^\| (5\.|6\.|I\d)/.test(line));
const testsIn = (text: string): string[] => [...text.matchAll(/`(test\/[\w./-]+\.ts)`/g)].map((match) => match[1]!);

describe('docs/security.md', () => {
  it('answers every clause of ETSI EN 303 645 and every point of the OWASP IoT Top 10', () => {
    const etsi = Array.from({ length: 13 }, (_, index) => `5.${index + 1}`);
    const owasp = Array.from({ length: 10 }, (_, index) => `I${index + 1}`);
    for (const point of [...etsi, ...owasp]) {
      expect(
        rows.filter((row) => row.startsWith(`| ${point} `)),
        point,
      ).toHaveLength(1);
    }
  });

  it('names only tests that exist', () => {
    const named = [...new Set(testsIn(page))];
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((file) => !fs.existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it('shows a test for every point, or says that it is a gap', () => {
    expect(rows.filter((row) => testsIn(row).length === 0 && !row.includes('Gap'))).toEqual([]);
  });
});

it('npm run sbom lists what is inside as CycloneDX', () => {
  const text = execFileSync('npm', ['run', '--silent', 'sbom'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const bill = JSON.parse(text) as { bomFormat: string; components: { name: string; version: string }[] };
  expect(bill.bomFormat).toBe('CycloneDX');
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const inside = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
  expect(Object.entries(dependencies).filter(([name, version]) => !inside.has(`${name}@${version}`))).toEqual([]);
}, 60_000);
