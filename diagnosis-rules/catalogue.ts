// The catalogue: every YAML file of the folder is one rule. A mistake is named with its file, line and what would be right.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { PlatformError } from '#runtime';
import { Rule } from './rule.ts';

export type Catalogue = readonly Rule[];

export function parseRule(text: string, file: string): Rule {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems = document.errors.map((error) => `${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`);
  if (problems.length === 0) {
    const parsed = Rule.safeParse(document.toJS());
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      const node = document.getIn(issue.path, true) as { range?: [number, number, number] } | undefined;
      const line = node?.range ? `:${lines.linePos(node.range[0]).line}` : '';
      problems.push(`${file}${line}: ${issue.path.join('.')}: ${issue.message}`);
    }
  }
  throw new PlatformError('bad-rule', 'fatal', `A rule cannot be used:\n${problems.join('\n')}`, {
    hint: 'Mend the lines named above.',
  });
}

/** Reads the rules that ship with the product. */
export function loadCatalogue(folder = path.join(import.meta.dirname, 'catalogue')): Catalogue {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => parseRule(fs.readFileSync(path.join(folder, name), 'utf8'), name));
}
