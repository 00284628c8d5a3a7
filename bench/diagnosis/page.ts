// Puts the printed tables into docs/diagnosis-quality.md, between its two marks; the words around them stay.
import * as fs from 'node:fs';

const PAGE = new URL('../../docs/diagnosis-quality.md', import.meta.url);
const FROM = '<!-- figures -->';
const TO = '<!-- end of figures -->';

export function withFigures(page: string, figures: string): string {
  const [start, end] = [page.indexOf(FROM), page.indexOf(TO)];
  if (start < 0 || end < start) throw new Error(`The page needs the lines ${FROM} and ${TO}.`);
  return `${page.slice(0, start + FROM.length)}\n\n${figures.trim()}\n\n${page.slice(end)}`;
}

export function writePage(figures: string): void {
  fs.writeFileSync(PAGE, withFigures(fs.readFileSync(PAGE, 'utf8'), figures));
}
