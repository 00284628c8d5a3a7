// A list of ways on, each with a line that says what is there.
import { Link } from 'wouter';
import { Icon } from './icons.tsx';

export type Way = { to: string; words: string; lead: string };

export function LinkRows({ ways }: { ways: readonly Way[] }) {
  return (
    <ul className="rows">
      {ways.map(({ to, words, lead }) => (
        <li key={to}>
          <Link className="row-link" href={to}>
            <span>
              <strong>{words}</strong>
              <span className="small block">{lead}</span>
            </span>
            <Icon name="open" />
          </Link>
        </li>
      ))}
    </ul>
  );
}
