// A sheet of labels for appliances that nobody has claimed.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import type { Appliance } from '#contracts';
import { usePrintLabels } from '../../client/file.ts';
import { useFleetAppliances } from '../../client/queries.ts';
import { Checks } from '../../parts/form/checks.tsx';
import { SheetLinks } from '../../parts/form/sheet-links.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { More } from '../../parts/status/more.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useSay } from '../../reader.tsx';

const MOST = 100;

/** The page with these chosen. */
export const labelsOf = (appliances: readonly string[]): string =>
  `/appliances/labels?chosen=${appliances.slice(0, MOST).join(',')}`;

export function LabelsPage() {
  const { t } = useTranslation();
  const appliances = useFleetAppliances();
  return (
    <div className="narrow">
      <PageHead
        title={t('labels.title')}
        lead={t('labels.lead')}
        back={{ to: '/appliances', words: t('appliance.title') }}
      />
      <section className="card">
        <Loaded from={appliances} lines={6}>
          {({ items }) => <Choose appliances={items.filter(({ household }) => household === null)} />}
        </Loaded>
        <More of={appliances} />
      </section>
    </div>
  );
}

function Choose({ appliances }: { appliances: Appliance[] }) {
  const { t } = useTranslation();
  const say = useSay();
  const [parameters] = useSearchParams();
  const [chosen, setChosen] = useState(() => parameters.get('chosen')?.split(',').filter(Boolean) ?? []);
  const print = usePrintLabels();
  // What was just imported may stand beyond the first page of the list.
  const unlisted = chosen.filter((id) => !appliances.some((appliance) => appliance.id === id));
  if (appliances.length === 0 && chosen.length === 0) return <Empty>{t('labels.none')}</Empty>;
  return (
    <div className="form">
      <Checks
        label={t('labels.choose')}
        chosen={chosen}
        choices={[
          ...appliances.map(({ id, serial, model }) => ({
            value: id,
            words: `${serial ?? id} · ${model.brand} ${say.phrase(model.name)}`,
          })),
          ...unlisted.map((id) => ({ value: id, words: id })),
        ]}
        onChosen={setChosen}
      />
      {chosen.length > MOST && <p className="small">{t('labels.most')}</p>}
      <div className="actions">
        <button
          type="button"
          className="button"
          disabled={chosen.length === 0 || chosen.length > MOST || print.isPending}
          onClick={() => print.mutate(chosen)}
        >
          {t('labels.make')}
        </button>
        <button
          type="button"
          className="button quiet"
          onClick={() => setChosen(appliances.slice(0, MOST).map(({ id }) => id))}
        >
          {t('labels.all')}
        </button>
        {print.data && <SheetLinks urls={print.data} />}
      </div>
      <ProblemNote error={print.error} />
    </div>
  );
}
