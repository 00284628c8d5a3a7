// An owner gives the appliance away: what happens is said first, the code for the next owner is shown once.
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Appliance } from '#contracts';
import { useHandOver } from '../../client/file.ts';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { rememberHandOver } from './handed-over.tsx';

export function HandOverCard({ appliance }: { appliance: Appliance }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const handOver = useHandOver(appliance.id, (given) => {
    rememberHandOver({ name: appliance.name, ...given });
    go('/handed-over', { replace: true });
  });
  return (
    <section className="card">
      <h2>{t('access.give')}</h2>
      <p className="soft">{t('access.giveLead')}</p>
      <ul className="plain-list">
        <li>{t('access.giveOut')}</li>
        <li>{t('access.giveYours')}</li>
        <li>{t('access.giveMachine')}</li>
        <li>{t('access.giveShares')}</li>
      </ul>
      <div className="actions">
        <SureButton
          words={t('access.giveAction')}
          sure={t('access.giveSure', { name: appliance.name })}
          action={handOver}
        />
      </div>
    </section>
  );
}
