// Lives that went otherwise than they should, each with the words that tell it: for whoever tunes a rule.
import { DAY } from '#runtime';
import type { JudgedLife } from './judged-life.ts';
import { type Match, type Scored, scoreLife } from './matching.ts';
import { duration } from './tables.ts';
import { placeOf } from './told-causes.ts';

const MOST_LINES = 120;

const command = ({ seed, asked, signals, days }: JudgedLife): string =>
  `--life ${asked ?? 'healthy'} --seed ${seed} ${asked ? '--days' : '--healthy-days'} ${days}${signals === 'drawn' ? ' --drawn' : ''}`;

function oddMatch({ event, censored, foundAt, settled }: Match): string | null {
  const name = `${event.code} ${event.name}`;
  if (censored) return null;
  if (foundAt === null || !settled) return `${name}: not found in time`;
  const place = placeOf(settled, event.code);
  if (place === 1) return null;
  const said = settled.causes.map(({ cause, probability }) => `${cause} ${Math.round(probability * 100)} %`).join(', ');
  return `${name}: found after ${duration(foundAt - event.onset)}, said ${said}`;
}

const falseIn = ({ life, episodes }: Scored): string[] =>
  episodes
    .filter(({ verdict }) => verdict === 'false')
    .map(
      ({ episode: { cause, problem, start } }) =>
        `false alarm on day ${((start - life.observed.from) / DAY).toFixed(1)}: ${problem}, ${cause}`,
    );

/** One line each, with the options of this command that tell that life. */
export function oddLives(lives: readonly JudgedLife[]): string[] {
  const lines = lives.flatMap((life) => {
    const scored = scoreLife(life);
    const odd = [...scored.matches.flatMap((match) => oddMatch(match) ?? []), ...falseIn(scored)];
    return odd.map((text) => `${command(life).padEnd(52)} ${text}`);
  });
  if (lines.length === 0) return [];
  const more = lines.length > MOST_LINES ? [`... and ${lines.length - MOST_LINES} more, see --json`] : [];
  return ['', 'Lives that went otherwise:', ...lines.slice(0, MOST_LINES), ...more];
}
