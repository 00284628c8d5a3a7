// Log lines: all of them as JSON in the data folder, warnings also on the terminal in one readable line.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { multistream, pino } from 'pino';
import type { Logger } from '#runtime';

const LABELS: Record<number, string> = { 40: 'warning', 50: 'error', 60: 'fatal' };

const terminal = {
  write(line: string): void {
    const {
      level,
      time: _time,
      pid: _pid,
      hostname: _hostname,
      thread,
      msg,
      ...fields
    } = JSON.parse(line) as Record<string, unknown>;
    const details = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
    process.stderr.write(`[${LABELS[Number(level)] ?? 'note'}] ${thread}: ${msg}${details}\n`);
  },
};

/** `terminalToo: false` keeps tests quiet. */
export function openLogger(options: { folder: string; thread: string; terminalToo: boolean }): Logger {
  const file = path.join(options.folder, 'stethos.log');
  const streams = [
    { level: 'info' as const, stream: { write: (line: string) => fs.appendFileSync(file, line) } },
    ...(options.terminalToo ? [{ level: 'warn' as const, stream: terminal }] : []),
  ];
  const logger = pino({ base: { thread: options.thread } }, multistream(streams));
  return {
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}
