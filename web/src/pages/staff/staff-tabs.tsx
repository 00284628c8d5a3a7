// The pages about who and where, for those who may see each.
import { useTranslation } from 'react-i18next';
import { usePerson } from '../../client/queries.ts';
import { type Offer, offers } from '../../parts/offers.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { type Tab, Tabs } from '../../parts/shell/tabs.tsx';

export function StaffHead({ title, lead, children }: { title: string; lead?: string; children?: React.ReactNode }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const tabs: (Tab & { offer: Offer })[] = [
    { offer: 'people', to: '/people', words: t('people.accounts') },
    { offer: 'staff', to: '/people/technicians', words: t('people.technicians') },
    { offer: 'staff', to: '/people/households', words: t('people.households') },
    { offer: 'regions', to: '/people/regions', words: t('region.title') },
    { offer: 'organisations', to: '/people/organisations', words: t('organisation.title') },
  ];
  return (
    <>
      <PageHead title={title} lead={lead}>
        {children}
      </PageHead>
      <Tabs label={t('people.tabs')} tabs={tabs.filter(({ offer }) => offers(role, offer))} />
    </>
  );
}
