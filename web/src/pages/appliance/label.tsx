// A new label for an appliance that nobody has claimed.
import { useTranslation } from 'react-i18next';
import { usePrintLabels } from '../../client/file.ts';
import { SheetLinks } from '../../parts/form/sheet-links.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';

export function LabelCard({ appliance }: { appliance: string }) {
  const { t } = useTranslation();
  const print = usePrintLabels();
  return (
    <section className="card">
      <h2>{t('access.label')}</h2>
      <p className="soft">{t('access.labelLead')}</p>
      <div className="actions">
        <button
          type="button"
          className="button quiet"
          disabled={print.isPending}
          onClick={() => print.mutate([appliance])}
        >
          {t('access.labelAction')}
        </button>
        {print.data && <SheetLinks urls={print.data} />}
      </div>
      <ProblemNote error={print.error} />
    </section>
  );
}
