// One life told change by change, for whoever tunes a rule: the truth, then what was said, with causes and symptoms.
import type { FindingChange } from '#contracts';
import { loadCatalogue } from '#diagnosis-rules';
import { HOUR } from '#runtime';
import { type DrawnLife, drawLife, type LifeSpec } from './drawn-life.ts';
import { judge } from './judge.ts';

const clock = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

function sinceOnset(at: number, life: DrawnLife): string {
  const onset = life.faults[0]?.onset;
  if (onset === undefined) return '';
  const hours = (at - onset) / HOUR;
  const text = Math.abs(hours) < 48 ? `${hours.toFixed(1)} h` : `${(hours / 24).toFixed(1)} d`;
  return `  (onset ${hours < 0 ? '' : '+'}${text})`;
}

function tellTruth(life: DrawnLife): string[] {
  const strata = Object.entries(life.strata).map(([name, value]) => `${name} ${value}`);
  const normal = life.lookAlikes.map(
    ({ name, onset, end }) => `normal: ${name} from ${clock(onset)}${end === null ? '' : ` to ${clock(end)}`}`,
  );
  return [
    `${life.appliance}  ${clock(life.observed.from)} to ${clock(life.observed.until)}  ${strata.join(', ')}`,
    ...life.faults.map(
      ({ code, name, onset, end, growMs, strength }) =>
        `TRUTH ${code} ${name} from ${clock(onset)} to ${end === null ? 'the end' : clock(end)}, grows ${(growMs / HOUR / 24).toFixed(1)} d, strength ${strength.toFixed(2)}`,
    ),
    ...normal,
  ];
}

function tellChange({ change, finding }: FindingChange, life: DrawnLife): string[] {
  const at = finding.heardAt ?? finding.changedAt;
  const causes = finding.causes
    .filter(({ probability }) => probability >= 0.01)
    .map(({ cause, probability }) => `${cause} ${(probability * 100).toFixed(0)} %`);
  const named = (state: string) => finding.evidence.filter((evidence) => evidence.state === state);
  const present = named('present').map(
    ({ symptom, measured }) => `${symptom}${measured ? ` (${measured.value.toFixed(2)} ${measured.unit})` : ''}`,
  );
  const list = (words: string, items: readonly string[]) =>
    items.length > 0 ? [`    ${words}: ${items.join(', ')}`] : [];
  return [
    `${clock(at)} ${change.toUpperCase()} ${finding.problem} ${finding.severity}${sinceOnset(at, life)}`,
    `    causes: ${causes.join(', ')}`,
    ...list('present', present),
    ...list(
      'pending',
      named('pending').map(({ symptom }) => symptom),
    ),
    ...list(
      'unknown',
      named('unknown').map(({ symptom }) => symptom),
    ),
    ...list('asks', finding.question ? [finding.question.question] : []),
  ];
}

/** The life as lines of text. */
export function* tellStory(spec: LifeSpec): Generator<string> {
  const life = drawLife(spec);
  yield* tellTruth(life);
  const { until } = life.observed;
  let values = 0;
  function* counted() {
    for (const message of life.messages) {
      for (const { readings } of message.moments) values += readings.length;
      yield message;
    }
  }
  const changes = judge({ rules: loadCatalogue(), messages: counted(), upTo: until });
  for (const change of changes) yield* tellChange(change, life);
  for (const danger of life.dangers())
    yield `TRUTH food above 8 °C from ${clock(danger.from)} to ${clock(danger.until)}${sinceOnset(danger.from, life)}`;
  yield `${values.toLocaleString('en')} values, ${changes.length} changes`;
}
