// A form that says what went wrong and when it is busy.
import { useTranslation } from 'react-i18next';
import { ProblemNote } from '../status/problem-note.tsx';

type FormProps = {
  action: string;
  busy: boolean;
  error: unknown;
  onSubmit: () => void;
  children: React.ReactNode;
};

export function Form({ action, busy, error, onSubmit, children }: FormProps) {
  const { t } = useTranslation();
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <ProblemNote error={error} />
      <button type="submit" className="button" disabled={busy}>
        {busy ? t('say.wait') : action}
      </button>
    </form>
  );
}
