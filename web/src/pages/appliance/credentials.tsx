// What the appliance proves itself with: a swapped module gets a new secret, a stolen unit is cut off.
import { useTranslation } from 'react-i18next';
import { useCutOff, useSwapModule } from '../../client/file.ts';
import { CopyLine } from '../../parts/form/copy-line.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';

export function ModuleCard({ appliance }: { appliance: string }) {
  const { t } = useTranslation();
  const swap = useSwapModule(appliance);
  return (
    <section className="card">
      <h2>{t('access.module')}</h2>
      <p className="soft">{t('access.moduleLead')}</p>
      {swap.data?.secret ? (
        <>
          <p className="note tone-attention">{t('access.moduleMade')}</p>
          <CopyLine label={t('add.secret')} text={swap.data.secret} />
        </>
      ) : (
        <SureButton
          words={t('access.moduleAction')}
          sure={t('access.moduleSure')}
          action={{ mutate: () => swap.mutate({}), isPending: swap.isPending, error: swap.error }}
        />
      )}
    </section>
  );
}

export function CutOffCard({ appliance }: { appliance: string }) {
  const { t } = useTranslation();
  const cut = useCutOff(appliance);
  return (
    <section className="card">
      <h2>{t('access.revoke')}</h2>
      <p className="soft">{t('access.revokeLead')}</p>
      {cut.isSuccess ? (
        <p role="status">{t('access.revoked')}</p>
      ) : (
        <SureButton words={t('access.revokeAction')} sure={t('access.revokeSure')} action={cut} />
      )}
    </section>
  );
}
