// The latest value of every signal, in words.
import { useTranslation } from 'react-i18next';
import type { LatestValue } from '../../client/shapes.ts';
import { Empty } from '../status/loaded.tsx';
import { useValueLabel, useValueWords } from './value.ts';

export function LatestValues({ latest }: { latest: LatestValue[] }) {
  const { t } = useTranslation();
  const valueWords = useValueWords();
  const label = useValueLabel();
  if (latest.length === 0) return <Empty>{t('appliance.noValues')}</Empty>;
  return (
    <dl className="tiles">
      {latest.map((value) => (
        <div key={value.signal}>
          <dt>{label(value)}</dt>
          <dd>{valueWords(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
