// The second factor: enrol with a picture, confirm with a code, keep the recovery codes.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  useConfirmSecondFactor,
  useEnrolSecondFactor,
  useRemoveSecondFactor,
  useRenewRecoveryCodes,
  useSecondFactor,
} from '../../client/account.ts';
import type { SecondFactorSecret, SecondFactorState } from '../../client/shapes.ts';
import { CopyLine } from '../../parts/form/copy-line.tsx';
import { Form } from '../../parts/form/form.tsx';
import { CodeField } from '../../parts/form/password-field.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';

/** `onDone`: the recovery codes are kept. */
export function SecondFactorCard({ onDone }: { onDone?: () => void }) {
  const { t } = useTranslation();
  const state = useSecondFactor();
  const [codes, setCodes] = useState<string[] | null>(null);
  return (
    <section className="card">
      <h2>{t('security.factor')}</h2>
      <Loaded from={state}>
        {(data) => {
          if (codes) {
            const kept = () => {
              setCodes(null);
              onDone?.();
            };
            return <Codes codes={codes} onKept={kept} />;
          }
          return data.on ? <On state={data} onCodes={setCodes} /> : <Off state={data} onCodes={setCodes} />;
        }}
      </Loaded>
    </section>
  );
}

type PartProps = { state: SecondFactorState; onCodes: (codes: string[]) => void };

function On({ state, onCodes }: PartProps) {
  const { t } = useTranslation();
  const renew = useRenewRecoveryCodes();
  const remove = useRemoveSecondFactor();
  return (
    <>
      <Pill tone="fine">{t('security.factorOn', { count: state.recoveryCodesLeft })}</Pill>
      <div className="actions">
        <button
          type="button"
          className="button quiet small"
          disabled={renew.isPending}
          onClick={() => renew.mutate(undefined, { onSuccess: ({ recoveryCodes }) => onCodes(recoveryCodes) })}
        >
          {t('security.newCodes')}
        </button>
        {!state.demanded && <SureButton words={t('security.remove')} sure={t('security.removeSure')} action={remove} />}
      </div>
      <ProblemNote error={renew.error} />
    </>
  );
}

function Off({ state, onCodes }: PartProps) {
  const { t } = useTranslation();
  const enrol = useEnrolSecondFactor();
  if (enrol.data) return <Enrol secret={enrol.data} onCodes={onCodes} />;
  return (
    <>
      <p className="soft">
        {t('security.factorLead')} {state.demanded && t('security.factorDemanded')}
      </p>
      <div className="actions">
        <button type="button" className="button" disabled={enrol.isPending} onClick={() => enrol.mutate()}>
          {t('security.setUp')}
        </button>
      </div>
      <ProblemNote error={enrol.error} />
    </>
  );
}

function Enrol({ secret, onCodes }: { secret: SecondFactorSecret; onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const confirm = useConfirmSecondFactor();
  const send = () => confirm.mutate(code, { onSuccess: ({ recoveryCodes }) => onCodes(recoveryCodes) });
  return (
    <Form action={t('security.switchOn')} busy={confirm.isPending} error={confirm.error} onSubmit={send}>
      <p>{t('security.scan')}</p>
      <img className="qr" src={secret.picture} alt={t('security.picture')} width="220" height="220" />
      <CopyLine label={t('security.byHand')} text={secret.secret} />
      <CodeField label={t('security.enterCode')} value={code} onValue={setCode} />
    </Form>
  );
}

function Codes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="note tone-attention">{t('security.codesLead')}</p>
      <CopyLine label={t('security.codes')} text={codes.join('\n')} />
      <button type="button" className="button" onClick={onKept}>
        {t('security.done')}
      </button>
    </>
  );
}
