// Which page stands behind which path, per role.
import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import type { Person } from '#contracts';
import { AddAppliancePage } from './add-appliance.tsx';
import { HandedOverPage } from './appliance/handed-over.tsx';
import { ClaimPage } from './claim/claim.tsx';
import { CommonPages } from './common-routes.tsx';
import { HouseholdPage } from './household/household.tsx';
import { OwnerAlertPage } from './owner/alert.tsx';
import { OwnerCasePage } from './owner/case.tsx';
import { OwnerHomePage } from './owner/home.tsx';
import { ServiceAppliancesPage } from './service/appliances.tsx';
import { TechnicianVisitPage } from './technician/visit.tsx';
import { TechnicianVisitsPage } from './technician/visits.tsx';

const ServicePages = lazy(async () => ({ default: (await import('./service-routes.tsx')).ServicePages }));

export function Pages({ person }: { person: Person }) {
  switch (person.role) {
    case 'owner':
      return <OwnerPages person={person} />;
    case 'technician':
      return <TechnicianPages person={person} />;
    case 'repairer':
      return <RepairerPages person={person} />;
    default:
      return (
        <Suspense fallback={null}>
          <ServicePages person={person} />
        </Suspense>
      );
  }
}

function OwnerPages({ person }: { person: Person }) {
  return (
    <Switch>
      <Route path="/" component={OwnerHomePage} />
      <Route path="/claim" component={ClaimPage} />
      <Route path="/handed-over" component={HandedOverPage} />
      <Route path="/appliances/new">
        <AddAppliancePage person={person} />
      </Route>
      <Route path="/alerts/:id">{({ id }) => <OwnerAlertPage key={id} id={id} />}</Route>
      <Route path="/cases/:id">{({ id }) => <OwnerCasePage key={id} id={id} />}</Route>
      <Route path="/household/:id?">{({ id }) => <HouseholdPage id={id} />}</Route>
      <CommonPages person={person} />
    </Switch>
  );
}

function TechnicianPages({ person }: { person: Person }) {
  return (
    <Switch>
      <Route path="/">
        <TechnicianVisitsPage person={person} />
      </Route>
      <Route path="/visits/:id">{({ id }) => <TechnicianVisitPage key={id} id={id} person={person} />}</Route>
      <Route path="/alerts/:id">{({ id }) => <OwnerAlertPage key={id} id={id} />}</Route>
      <CommonPages person={person} />
    </Switch>
  );
}

function RepairerPages({ person }: { person: Person }) {
  return (
    <Switch>
      <Route path="/" component={ServiceAppliancesPage} />
      <Route path="/appliances">
        <Redirect to="/" replace />
      </Route>
      <Route path="/alerts/:id">{({ id }) => <OwnerAlertPage key={id} id={id} />}</Route>
      <CommonPages person={person} />
    </Switch>
  );
}
