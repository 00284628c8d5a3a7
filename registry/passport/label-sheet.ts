// A sheet of labels to print: A4 as SVG, lengths in mm, with cut marks, and each label readable without a phone.
import { create } from 'qrcode';

export type Label = { brand: string; modelName: string; model: string; serial: string; code: string; url: string };

const SHEET = { width: 210, height: 297 };
const MARGIN = 10;
const CUT = 4;
/** A label is as wide as its column, and as high as this share of it. */
const HEIGHT_OF_WIDTH = 0.55;
/** Around a QR code stay four modules free. */
const QUIET_MODULES = 4;
const BASE_WIDTH = (SHEET.width - 2 * MARGIN) / 2;

/** How many labels fit on one sheet. */
export function labelsPerSheet(perRow: number): number {
  const { rows } = gridOf(perRow);
  return rows * perRow;
}

function gridOf(perRow: number): { width: number; height: number; rows: number } {
  const width = (SHEET.width - 2 * MARGIN) / perRow;
  const height = Math.max(width * HEIGHT_OF_WIDTH, 26);
  return { width, height, rows: Math.floor((SHEET.height - 2 * MARGIN) / height) };
}

/** One sheet; whoever calls gives no more labels than fit. */
export function labelSheet(labels: readonly Label[], perRow: number): string {
  const { width, height } = gridOf(perRow);
  const drawn = labels.map((label, index) => {
    const x = MARGIN + (index % perRow) * width;
    const y = MARGIN + Math.floor(index / perRow) * height;
    return `<g transform="translate(${x} ${y})">${cutMarks(width, height)}${drawLabel(label, width, height)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SHEET.width}mm" height="${SHEET.height}mm" viewBox="0 0 ${SHEET.width} ${SHEET.height}">`,
    `<rect width="${SHEET.width}" height="${SHEET.height}" fill="#fff"/>`,
    ...drawn,
    '</svg>',
  ].join('\n');
}

function cutMarks(width: number, height: number): string {
  const corners = [
    [0, 0, 1, 1],
    [width, 0, -1, 1],
    [0, height, 1, -1],
    [width, height, -1, -1],
  ] as const;
  const lines = corners.map(([x, y, dx, dy]) => `M${x} ${y}h${(dx * CUT) / 2}M${x} ${y}v${(dy * CUT) / 2}`);
  return `<path d="${lines.join('')}" stroke="#000" stroke-width=".1" fill="none"/>`;
}

function drawLabel(label: Label, width: number, height: number): string {
  const side = Math.min(height - 4, width * 0.45);
  const left = side + 4;
  const size = Math.max(1.7, (3.2 * width) / BASE_WIDTH);
  const room = width - left - 2;
  const rows: readonly (readonly [string, string])[] = [
    [`${label.brand} ${label.modelName}`.trim(), 'font-weight="bold"'],
    [label.model, ''],
    [`S/N ${label.serial}`, ''],
    ...codeRows(label.code).map((part) => [part, 'font-family="monospace" font-weight="bold"'] as const),
    ['Scan to add it · 扫码添加', 'fill="#444"'],
  ];
  const step = (height - 4) / rows.length;
  const texts = rows.map(([text, style], index) => {
    const y = 2 + step * (index + 0.75);
    const long = text.length * size * 0.6 > room ? ` textLength="${room}" lengthAdjust="spacingAndGlyphs"` : '';
    return `<text x="${left}" y="${y.toFixed(2)}" ${style}${long}>${escaped(text)}</text>`;
  });
  return `${drawCode(label.url, 2, (height - side) / 2, side)}<g font-family="sans-serif" font-size="${size.toFixed(2)}">${texts.join('')}</g>`;
}

/** Two groups a row, so that the code stays large enough to be read. */
function codeRows(code: string): string[] {
  const groups = code.split('-');
  const rows: string[] = [];
  for (let index = 0; index < groups.length; index += 2) rows.push(groups.slice(index, index + 2).join('-'));
  return rows;
}

/** One path; `M` of error correction stands a scratch. */
function drawCode(url: string, x: number, y: number, side: number): string {
  const { modules } = create(url, { errorCorrectionLevel: 'M' });
  const unit = side / (modules.size + 2 * QUIET_MODULES);
  let path = '';
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      if (modules.get(row, column)) path += `M${column} ${row}h1v1h-1z`;
    }
  }
  const place = `translate(${x + QUIET_MODULES * unit} ${y + QUIET_MODULES * unit}) scale(${unit})`;
  return `<path transform="${place}" d="${path}" shape-rendering="crispEdges"/>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
