// Cases whose visit nobody has taken or accepted yet, the latest clock first.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { ServiceCase, Visit } from '#contracts';
import { useCases } from '../../client/queries.ts';
import { VisitClock } from '../../parts/case/clock.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { useSay } from '../../reader.tsx';

export function WaitingCases() {
  const { t } = useTranslation();
  const cases = useCases('open');
  return (
    <Loaded from={cases}>
      {({ items }) => {
        const waiting = items
          .flatMap((of) => of.visits.filter(isWaiting).map((visit) => ({ of, visit })))
          .toSorted((a, b) => dueOf(a.visit) - dueOf(b.visit));
        if (waiting.length === 0) return <Empty>{t('fleet.noWaiting')}</Empty>;
        return (
          <ul className="rows">
            {waiting.map(({ of, visit }) => (
              <WaitingCase key={visit.id} of={of} visit={visit} />
            ))}
          </ul>
        );
      }}
    </Loaded>
  );
}

const isWaiting = ({ state }: Visit): boolean => state === 'unassigned' || state === 'offered';
const dueOf = ({ responseDueAt }: Visit): number => (responseDueAt ? Date.parse(responseDueAt) : 0);

function WaitingCase({ of, visit }: { of: ServiceCase; visit: Visit }) {
  const { t } = useTranslation();
  const say = useSay();
  const where = of.household ? `${of.household.name} · ${of.household.region}` : t('appliance.noHousehold');
  return (
    <li>
      <Link className="row-link" href={`/cases/${of.id}`}>
        <span>
          <strong>{say.phrase(of.title)}</strong>
          <span className="small block">{where}</span>
          <span className="small block">
            {[visit.technician?.name, t(`visitState.${visit.state}`)].filter(Boolean).join(' · ')}
          </span>
        </span>
        <span className="pills">
          <VisitClock visit={visit} />
        </span>
      </Link>
    </li>
  );
}
