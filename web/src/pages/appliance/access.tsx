// Who has access to an appliance, and how that changes: shares, looks from afar, handing over, labels, credentials.
import type { Appliance } from '#contracts';
import { useStanding } from '../../client/household.ts';
import { usePerson } from '../../client/queries.ts';
import { offers } from '../../parts/offers.ts';
import { ExportCard } from '../settings/export.tsx';
import { CutOffCard, ModuleCard } from './credentials.tsx';
import { HandOverCard } from './hand-over.tsx';
import { LabelCard } from './label.tsx';
import { LiveCard } from './live.tsx';
import { AskRemoteSession, RemoteSessionsCard } from './remote-sessions.tsx';
import { ShareCard } from './share.tsx';

export function ApplianceAccess({ appliance }: { appliance: Appliance }) {
  const { role } = usePerson();
  const owns = useStanding(appliance.household?.id ?? null) === 'owner';
  return (
    <div className="columns even">
      <div className="stack">
        {offers(role, 'remoteSessions') && <RemoteSessionsCard appliance={appliance.id} />}
        {offers(role, 'askRemoteSession') && appliance.household && (
          <>
            <AskRemoteSession appliance={appliance.id} />
            <LiveCard appliance={appliance} />
          </>
        )}
        {owns && <ShareCard appliance={appliance.id} />}
      </div>
      <div className="stack">
        {(owns || offers(role, 'exportAppliance')) && <ExportCard appliance={appliance.id} />}
        {owns && <HandOverCard appliance={appliance} />}
        {offers(role, 'printLabels') && !appliance.household && <LabelCard appliance={appliance.id} />}
        {offers(role, 'swapModule') && <ModuleCard appliance={appliance.id} />}
        {(owns || role === 'administrator') && <CutOffCard appliance={appliance.id} />}
      </div>
    </div>
  );
}
