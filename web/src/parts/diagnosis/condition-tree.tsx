// A condition as a tree: what was looked at, what it was, and whether it held.
import { useTranslation } from 'react-i18next';
import type { ConditionLine, Truth } from '#contracts';
import { useSay } from '../../reader.tsx';
import { Mark, type Shape } from '../status/mark.tsx';

const SHAPES = { yes: 'fine', no: 'silent', unknown: 'new' } as const satisfies Record<Truth, Shape>;

type Branch = { line: ConditionLine; place: number; below: Branch[] };

/** Lines come as the tree is read; each belongs to the nearest above it with a smaller depth. */
function treeOf(lines: readonly ConditionLine[]): Branch[] {
  const roots: Branch[] = [];
  const path: Branch[] = [];
  for (const [place, line] of lines.entries()) {
    const branch: Branch = { line, place, below: [] };
    path.length = line.depth;
    (path.at(-1)?.below ?? roots).push(branch);
    path.push(branch);
  }
  return roots;
}

export const ConditionTree = ({ lines }: { lines: readonly ConditionLine[] }) => <Branches branches={treeOf(lines)} />;

function Branches({ branches }: { branches: readonly Branch[] }) {
  return (
    <ul className="condition">
      {branches.map(({ line, place, below }) => (
        <li key={place} className={`truth-${line.truth}`}>
          <Line line={line} />
          {below.length > 0 && <Branches branches={below} />}
        </li>
      ))}
    </ul>
  );
}

function Line({ line: { truth, text, value, hysteresis, feature, threshold } }: { line: ConditionLine }) {
  const { t } = useTranslation();
  const say = useSay();
  const measured = value && t('why.was', { value: say.quantity(value) });
  const notKnown = feature !== null && threshold !== null && value === null && t('why.wasNotKnown');
  const slack = hysteresis && t('why.hysteresis', { value: say.quantity(hysteresis) });
  return (
    <span className="condition-line">
      <Mark shape={SHAPES[truth]} />
      <span>
        <span className="unseen">{t(`why.truth.${truth}`)}: </span>
        {say.phrase(text)}
        <span className="small"> {[measured, notKnown, slack].filter(Boolean).join(' · ')}</span>
      </span>
    </span>
  );
}
