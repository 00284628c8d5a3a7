// Which page stands behind which path, per role.
import { Redirect, Route, Switch } from 'wouter';
import type { Person } from '#contracts';
import { AddAppliancePage } from './add-appliance.tsx';
import { AppliancePage } from './appliance.tsx';
import { NotFoundPage } from './not-found.tsx';
import { OwnerAlertPage } from './owner/alert.tsx';
import { OwnerCasePage } from './owner/case.tsx';
import { OwnerHomePage } from './owner/home.tsx';
import { ServiceAlertsPage } from './service/alerts.tsx';
import { ServiceAppliancesPage } from './service/appliances.tsx';
import { ServiceCasesPage } from './service/cases.tsx';
import { FleetPage } from './service/fleet.tsx';
import { PeoplePage } from './service/people.tsx';
import { SettingsPage } from './settings.tsx';
import { TechnicianVisitPage } from './technician/visit.tsx';
import { TechnicianVisitsPage } from './technician/visits.tsx';

export function Pages({ person }: { person: Person }) {
  switch (person.role) {
    case 'owner':
      return <OwnerPages person={person} />;
    case 'technician':
      return <TechnicianPages person={person} />;
    case 'dispatcher':
    case 'administrator':
      return <ServicePages person={person} />;
  }
}

function OwnerPages({ person }: { person: Person }) {
  return (
    <Switch>
      <Route path="/" component={OwnerHomePage} />
      <Route path="/appliances/new">
        <AddAppliancePage person={person} />
      </Route>
      <Route path="/appliances/:id">{({ id }) => <AppliancePage key={id} id={id} person={person} />}</Route>
      <Route path="/alerts/:id">{({ id }) => <OwnerAlertPage key={id} id={id} />}</Route>
      <Route path="/cases/:id">{({ id }) => <OwnerCasePage key={id} id={id} />}</Route>
      <Rest person={person} />
    </Switch>
  );
}

function ServicePages({ person }: { person: Person }) {
  return (
    <Switch>
      <Route path="/" component={FleetPage} />
      <Route path="/alerts/:id?">{({ id }) => <ServiceAlertsPage id={id} />}</Route>
      <Route path="/cases/:id?">{({ id }) => <ServiceCasesPage id={id} />}</Route>
      <Route path="/appliances" component={ServiceAppliancesPage} />
      <Route path="/appliances/new">
        <AddAppliancePage person={person} />
      </Route>
      <Route path="/appliances/:id">{({ id }) => <AppliancePage key={id} id={id} person={person} />}</Route>
      {person.role === 'administrator' && <Route path="/people" component={PeoplePage} />}
      <Rest person={person} />
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
      <Route path="/appliances/:id">{({ id }) => <AppliancePage key={id} id={id} person={person} />}</Route>
      <Route path="/alerts/:id">{({ id }) => <OwnerAlertPage key={id} id={id} />}</Route>
      <Rest person={person} />
    </Switch>
  );
}

/** Paths that every role has. */
function Rest({ person }: { person: Person }) {
  return (
    <Switch>
      <Route path="/settings">
        <SettingsPage person={person} />
      </Route>
      <Route path="/setup">
        <Redirect to="/" replace />
      </Route>
      <Route component={NotFoundPage} />
    </Switch>
  );
}
