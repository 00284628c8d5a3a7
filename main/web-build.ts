// The pages are built when their sources are newer than the last build.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PlatformError } from '#runtime';

const ROOT = path.join(import.meta.dirname, '..');
const WEB = path.join(ROOT, 'web');
const BUILT = path.join(WEB, 'dist');
const SOURCES = [WEB, path.join(ROOT, 'contracts'), path.join(ROOT, 'package-lock.json')];

function newest(file: string): number {
  const stat = fs.statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const inside = fs.readdirSync(file).filter((name) => name !== 'dist' && name !== 'node_modules');
  return Math.max(0, ...inside.map((name) => newest(path.join(file, name))));
}

function upToDate(): boolean {
  const page = path.join(BUILT, 'index.html');
  return fs.existsSync(page) && fs.statSync(page).mtimeMs >= Math.max(...SOURCES.map(newest));
}

/** The folder of the built pages. `onBuild` is told before a build, which takes some seconds. */
export async function builtWeb(onBuild: () => void): Promise<string> {
  if (upToDate()) return BUILT;
  onBuild();
  const vite = path.join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, 'build', WEB, '--logLevel', 'warn'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (code !== 0) {
    throw new PlatformError('web-not-built', 'fatal', 'The web pages could not be built; the reason stands above.', {
      hint: 'Run `npm ci` again; a page that is half installed cannot be built.',
    });
  }
  return BUILT;
}
