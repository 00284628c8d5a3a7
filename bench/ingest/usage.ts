// What a server costs: CPU of its process, of each of its threads (Linux), and memory.
import * as fs from 'node:fs';
import type { Usage } from './offers.ts';

const TASKS = '/proc/self/task';

/** The kernel's count of each thread, in ns; threads of one name together. */
function threadsMs(): Record<string, number> {
  const threads: Record<string, number> = {};
  if (!fs.existsSync(TASKS)) return threads;
  for (const id of fs.readdirSync(TASKS)) {
    try {
      const name = fs.readFileSync(`${TASKS}/${id}/comm`, 'utf8').trim();
      const [ranNs] = fs.readFileSync(`${TASKS}/${id}/schedstat`, 'utf8').split(' ');
      threads[name] = (threads[name] ?? 0) + Number(ranNs) / 1e6;
    } catch {
      // It ended between being listed and being read.
    }
  }
  return threads;
}

export function usage(collect = false): Usage {
  if (collect) for (let times = 0; times < 3; times++) globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss(), threads: threadsMs() };
}
