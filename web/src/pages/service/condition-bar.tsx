// The fleet by condition as one calm bar; the list below says the same in words.
import { useTranslation } from 'react-i18next';
import type { Condition, Fleet } from '#contracts';
import { Mark } from '../../parts/status/mark.tsx';
import { useSay } from '../../reader.tsx';

const ORDER: readonly Condition[] = ['danger', 'attention', 'silent', 'new', 'fine'];

export function ConditionBar({ fleet }: { fleet: Fleet }) {
  const { t } = useTranslation();
  const say = useSay();
  const shares = ORDER.map((condition) => ({ condition, count: fleet.conditions[condition] ?? 0 }));
  return (
    <>
      <div className="condition-bar" aria-hidden="true">
        {shares.map(({ condition, count }) => (
          <span key={condition} className={`tone-${condition}`} style={{ flexGrow: count }} hidden={count === 0} />
        ))}
      </div>
      <ul className="condition-words">
        {shares.map(({ condition, count }) => (
          <li key={condition} className={`tone-${condition}`}>
            <Mark shape={condition} />
            <span>{t(`condition.${condition}`)}</span>
            <strong>{say.number(count)}</strong>
          </li>
        ))}
      </ul>
    </>
  );
}
