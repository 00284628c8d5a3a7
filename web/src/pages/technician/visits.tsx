// A technician's visits: what is offered, what is accepted, what is done.
import { useTranslation } from 'react-i18next';
import type { Person, ServiceCase, Visit, VisitState } from '#contracts';
import { useCases } from '../../client/queries.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { VisitCard } from './visit-card.tsx';

export type Job = { of: ServiceCase; visit: Visit };

/** Visits of these cases that are this person's. */
export const jobsOf = (cases: ServiceCase[], person: Person): Job[] =>
  cases.flatMap((of) =>
    of.visits.filter((visit) => visit.technician?.id === person.id).map((visit) => ({ of, visit })),
  );

export function TechnicianVisitsPage({ person }: { person: Person }) {
  const { t } = useTranslation();
  const cases = useCases('all');
  return (
    <Loaded from={cases} lines={8}>
      {({ items }) => {
        const jobs = jobsOf(items, person);
        const some = jobs.length > 0;
        return (
          <>
            <PageHead title={t(some ? 'visits.title' : 'visits.none')} lead={some ? undefined : t('visits.noneLead')} />
            <div className="stack">
              <Section title={t('visits.offered')} jobs={jobs} state="offered" />
              <Section title={t('visits.accepted')} jobs={jobs} state="accepted" />
              <Section title={t('visits.finished')} jobs={jobs} state="done" />
            </div>
          </>
        );
      }}
    </Loaded>
  );
}

function Section({ title, jobs, state }: { title: string; jobs: Job[]; state: VisitState }) {
  const shown = jobs.filter(({ visit }) => visit.state === state).toSorted((a, b) => startOf(a) - startOf(b));
  if (shown.length === 0) return null;
  return (
    <section className="stack">
      <h2>{title}</h2>
      <div className="cards wide">
        {shown.map((job) => (
          <VisitCard key={job.visit.id} job={job} />
        ))}
      </div>
    </section>
  );
}

/** Visits without a time come last. */
const startOf = ({ visit }: Job): number => (visit.slot ? Date.parse(visit.slot.start) : Number.MAX_SAFE_INTEGER);
