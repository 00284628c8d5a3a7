// A button for what is not easily undone: it says what will happen and asks once more, in place.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemNote } from '../status/problem-note.tsx';

type SureButtonProps = {
  words: string;
  /** What will happen. */
  sure: string;
  action: { mutate: () => void; isPending: boolean; error: unknown };
  /** Among several alike: which one it is, for who hears the page. */
  of?: string;
};

export function SureButton({ words, sure, action, of }: SureButtonProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <button
        type="button"
        className="button quiet small"
        aria-label={of ? `${words}: ${of}` : undefined}
        onClick={() => setAsking(true)}
      >
        {words}
      </button>
    );
  }
  return (
    <fieldset className="sure">
      <legend className="unseen">{words}</legend>
      <p>{sure}</p>
      <div className="actions">
        <button type="button" className="button danger small" disabled={action.isPending} onClick={action.mutate}>
          {words}
        </button>
        <button type="button" className="button quiet small" onClick={() => setAsking(false)}>
          {t('again.cancel')}
        </button>
      </div>
      <ProblemNote error={action.error} />
    </fieldset>
  );
}
