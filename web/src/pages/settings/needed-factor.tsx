// Stands in front of everything for staff whose organisation demands a second factor.
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLogOut } from '../../client/actions.ts';
import { keys } from '../../client/keys.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { SecondFactorCard } from './second-factor.tsx';

export function NeededFactorPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const logOut = useLogOut();
  const done = () => {
    client.setQueryData(keys.factorNeeded, false);
    void client.invalidateQueries();
  };
  return (
    <div className="narrow">
      <PageHead title={t('security.neededTitle')} lead={t('security.neededLead')} />
      <SecondFactorCard onDone={done} />
      <button type="button" className="button quiet" onClick={() => logOut.mutate()}>
        {t('settings.logOut')}
      </button>
    </div>
  );
}
