// The table at the end, and whether all of it is as promised.
import type { Kill, Result } from './kill.ts';
import { tally } from './outcome.ts';
import { hopOf, STEPS } from './steps.ts';

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;

function countBy(kills: readonly Kill[], of: 'hit' | 'kind'): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kill of kills) counts.set(kill[of], (counts.get(kill[of]) ?? 0) + 1);
  return counts;
}

function hitsByHop(hits: ReadonlyMap<string, number>): Map<string, number> {
  const sums = new Map(STEPS.map((step) => [hopOf(step), 0]));
  for (const step of STEPS) sums.set(hopOf(step), sums.get(hopOf(step))! + (hits.get(step) ?? 0));
  return sums;
}

const list = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([what, n]) => `  ${String(n).padStart(5)}  ${what}`).join('\n');

/** Prints what was tried and what was seen; false when a promise was broken, or nothing was shown. */
export function report(killed: Result, calm: Result): boolean {
  const { kills, account, mails, quarantined, endedThemselves } = killed;
  const underLoad = kills.filter(({ hit }) => hit !== 'while starting').map(({ inFlight }) => inFlight);
  const hits = countBy(kills, 'hit');
  const [expected] = tally(calm.outcomes).keys();
  const fared = tally(killed.outcomes);
  const other = killed.outcomes.length - (fared.get(expected ?? '') ?? 0);
  console.log(`
kills            ${kills.length}
in flight        ${median(underLoad)} messages at the median kill
kills of each kind of process
${list(countBy(kills, 'kind'))}
hits of each hop
${list(hitsByHop(hits))}
hits of each step
${list(hits)}
ended themselves ${endedThemselves.length}${endedThemselves.map((said) => `\n  ${said}`).join('')}
acknowledged     ${account.acknowledged} readings
lost             ${account.lost}
doubled          ${account.doubled}
wrong value      ${account.wrong}
quarantined      ${quarantined.length === 0 ? 0 : quarantined.join(' | ')}
appliances that got too warm, undisturbed
${list(tally(calm.outcomes))}
appliances that got too warm, with the kills
${list(fared)}
otherwise than undisturbed: ${other}
mails            ${mails.mails}
sent again after a kill between the server's answer and our mark: ${mails.afterKill}
sent again without such a reason: ${mails.inOneLife}
`);
  const shown = account.acknowledged > 0 && killed.outcomes.length > 0 && tally(calm.outcomes).size === 1;
  const kept = account.lost === 0 && account.doubled === 0 && account.wrong === 0 && quarantined.length === 0;
  return shown && kept && other === 0 && mails.inOneLife === 0 && calm.mails.mails > 0;
}
