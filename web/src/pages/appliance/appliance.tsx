// One appliance, for everybody who may see it: what it does now, its file, who has access.
import { useTranslation } from 'react-i18next';
import type { Appliance, Person } from '#contracts';
import { useModelCommands } from '../../client/commands.ts';
import { useAppliance } from '../../client/queries.ts';
import { Heard } from '../../parts/appliance/heard.tsx';
import { type Offer, offers } from '../../parts/offers.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Tabs } from '../../parts/shell/tabs.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { ConditionPill } from '../../parts/status/pills.tsx';
import { ApplianceAccess } from './access.tsx';
import { ApplianceCommands } from './commands.tsx';
import { ApplianceFile } from './file.tsx';
import { ApplianceNow } from './now.tsx';
import { ApplianceWhy } from './why.tsx';

export type ApplianceView = 'now' | 'why' | 'file' | 'commands' | 'access';

type AppliancePageProps = { id: string; person: Person; view: ApplianceView };

const ACCESS: readonly Offer[] = ['remoteSessions', 'exportAppliance', 'printLabels'];

export function AppliancePage({ id, person, view }: AppliancePageProps) {
  const { t } = useTranslation();
  const appliance = useAppliance(id);
  const back = useBack(person);
  const takesCommands = (useModelCommands(appliance.data?.model.id ?? '') ?? []).length > 0;
  const base = `/appliances/${id}`;
  const tabs = [
    { to: base, words: t('file.now') },
    ...(offers(person.role, 'readings') ? [{ to: `${base}/why`, words: t('why.tab') }] : []),
    ...(offers(person.role, 'passport') ? [{ to: `${base}/file`, words: t('file.file') }] : []),
    ...(takesCommands && offers(person.role, 'commands') ? [{ to: `${base}/commands`, words: t('command.tab') }] : []),
    ...(ACCESS.some((offer) => offers(person.role, offer)) ? [{ to: `${base}/access`, words: t('file.access') }] : []),
  ];
  return (
    <Loaded from={appliance} lines={12}>
      {(data) => (
        <>
          <PageHead title={data.name} lead={<Heard appliance={data} />} back={back}>
            <ConditionPill condition={data.condition} />
          </PageHead>
          {tabs.length > 1 && <Tabs label={t('file.tabs')} tabs={tabs} />}
          <View appliance={data} view={view} />
        </>
      )}
    </Loaded>
  );
}

function View({ appliance, view }: { appliance: Appliance; view: ApplianceView }) {
  if (view === 'why') return <ApplianceWhy appliance={appliance} />;
  if (view === 'file') return <ApplianceFile appliance={appliance} />;
  if (view === 'commands') return <ApplianceCommands appliance={appliance} />;
  return view === 'access' ? <ApplianceAccess appliance={appliance} /> : <ApplianceNow appliance={appliance} />;
}

function useBack({ role }: Person): { to: string; words: string } {
  const { t } = useTranslation();
  if (role === 'owner') return { to: '/', words: t('home.appliances') };
  if (role === 'technician') return { to: '/', words: t('visits.title') };
  return { to: '/appliances', words: t('appliance.title') };
}
