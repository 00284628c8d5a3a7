// Looks for texts and keys in every byte of folders, in every spelling that a program might store them in.
import * as fs from 'node:fs';
import * as path from 'node:path';

/** UTF-8, UTF-16 of both kinds, hex, and base64 at each of its three places. */
function spellings(wanted: string | Uint8Array): Buffer[] {
  const plain = Buffer.from(wanted as string);
  const wide =
    typeof wanted === 'string' ? [Buffer.from(wanted, 'utf16le'), Buffer.from(wanted, 'utf16le').swap16()] : [];
  const hex = plain.toString('hex');
  const base64 = [0, 1, 2].flatMap((shift) => {
    // What its neighbours decide is cut off.
    const text = Buffer.concat([Buffer.alloc(shift), plain, Buffer.alloc(3)]).toString('base64');
    const inner = text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + plain.length) * 8) / 6));
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [plain, ...wide, ...[hex, hex.toUpperCase(), ...base64].map((text) => Buffer.from(text))];
}

export type Search = { bytes: number; hits: string[] };

/** Hits as "file: what". Files that go meanwhile are looked at no more. */
export function search(folders: readonly string[], wanted: Readonly<Record<string, string | Uint8Array>>): Search {
  const found: Search = { bytes: 0, hits: [] };
  const needles = Object.entries(wanted).flatMap(([name, what]) =>
    spellings(what).map((spelling) => ({ name, spelling })),
  );
  for (const folder of folders) {
    for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const whole = path.join(folder, file);
      if (!fs.statSync(whole, { throwIfNoEntry: false })?.isFile()) continue;
      const bytes = fs.readFileSync(whole);
      found.bytes += bytes.length;
      const names = new Set(needles.filter(({ spelling }) => bytes.includes(spelling)).map(({ name }) => name));
      found.hits.push(...[...names].map((name) => `${file}: ${name}`));
    }
  }
  return found;
}
