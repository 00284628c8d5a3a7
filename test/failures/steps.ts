// The steps at which the platform is killed. In the process under test the ports report each step they pass; the n-th time
// at the step that was asked for is the last thing the process does.
import * as fs from 'node:fs';

export const STEPS = [
  'accept: not written yet',
  'accept: written, not acknowledged',
  'accept: acknowledged',
  'drain: read, not stored',
  'drain: while storing',
  'drain: stored',
  'transaction: findings written',
  'transaction: before its commit',
  'transaction: committed',
  'hand-over: taken, no effect yet',
  'hand-over: before its commit',
  'hand-over: committed',
  'notification: claimed, not sent',
  'notification: sent, not marked',
  'notification: marked',
] as const;
export type Step = (typeof STEPS)[number];

/** `accept`, `drain` and so on. */
export const hopOf = (step: Step): string => step.slice(0, step.indexOf(':'));

/** How the harness tells the process under test where to die, and where to leave word of it. */
export const killAt = (step: Step, nth: number, wordFile: string): Record<string, string> => ({
  KILL_AT_STEP: step,
  KILL_AT_NTH: String(nth),
  KILL_WORD_FILE: wordFile,
});

let left = Number(process.env.KILL_AT_NTH);

/** Does not return when this is where the process dies. */
export function pass(step: Step): void {
  if (process.env.KILL_AT_STEP !== step || --left > 0) return;
  fs.writeFileSync(process.env.KILL_WORD_FILE!, step);
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment; nothing may be done meanwhile.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
