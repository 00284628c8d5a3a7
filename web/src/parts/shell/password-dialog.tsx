// Asks for the password again, on top of the page, when an action needs it.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { authenticateAgain } from '../../client/account.ts';
import type { ApiProblem } from '../../client/http.ts';
import { problemCode } from '../../client/http.ts';
import { answerPasswordAgain } from '../../client/password-again.ts';
import type { Reauthentication } from '../../client/shapes.ts';
import { CodeField, PasswordField } from '../form/password-field.tsx';
import { ProblemNote } from '../status/problem-note.tsx';

type Answer = (given: boolean) => void;

export function PasswordDialog() {
  const [waiting, setWaiting] = useState<Answer[]>([]);
  useEffect(() => {
    answerPasswordAgain(() => new Promise<boolean>((resolve) => setWaiting((others) => [...others, resolve])));
    return () => answerPasswordAgain(null);
  }, []);
  if (waiting.length === 0) return null;
  const answer = (given: boolean) => {
    for (const resolve of waiting) resolve(given);
    setWaiting([]);
  };
  return <Question onAnswer={answer} />;
}

function Question({ onAnswer }: { onAnswer: Answer }) {
  const { t } = useTranslation();
  const title = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const confirm = useMutation<unknown, ApiProblem, Reauthentication>({
    mutationFn: authenticateAgain,
    onSuccess: () => onAnswer(true),
  });
  const codeWanted = code !== '' || ['second-factor-needed', 'wrong-code'].includes(problemCode(confirm.error) ?? '');
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="card" aria-labelledby={title} onClose={() => onAnswer(false)}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          confirm.mutate(code ? { password, code } : { password });
        }}
      >
        <div>
          <h2 id={title}>{t('again.title')}</h2>
          <p className="soft">{t('again.lead')}</p>
        </div>
        <PasswordField value={password} onValue={setPassword} />
        {codeWanted && <CodeField value={code} onValue={setCode} />}
        <ProblemNote error={confirm.error} />
        <div className="actions">
          <button type="submit" className="button" disabled={confirm.isPending}>
            {t('again.confirm')}
          </button>
          <button type="button" className="button quiet" onClick={() => onAnswer(false)}>
            {t('again.cancel')}
          </button>
        </div>
      </form>
    </dialog>
  );
}
