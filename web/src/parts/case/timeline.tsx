// What has happened in a case, newest first.
import type { TimelineEntry } from '../../client/shapes.ts';
import { useSay, useTimes } from '../../reader.tsx';

export function Timeline({ entries }: { entries: TimelineEntry[] }) {
  const say = useSay();
  const times = useTimes();
  return (
    <ol className="timeline">
      {entries.toReversed().map((entry) => (
        <li key={`${entry.at} ${entry.what}`}>
          <p>{say.phrase(entry.text)}</p>
          <p className="small">
            <time dateTime={entry.at}>{times.moment(entry.at)}</time>
            {entry.by && ` · ${entry.by}`}
          </p>
        </li>
      ))}
    </ol>
  );
}
