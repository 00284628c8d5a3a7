// Which page stands behind which path, per role.
import { Redirect, Route, Switch } from 'wouter';
import type { Person } from '#contracts';
import { offers } from '../parts/offers.ts';
import { AddAppliancePage } from './add-appliance.tsx';
import { AppliancePage } from './appliance/appliance.tsx';
import { HandedOverPage } from './appliance/handed-over.tsx';
import { ClaimPage } from './claim/claim.tsx';
import { HouseholdPage } from './household/household.tsx';
import { NotFoundPage } from './not-found.tsx';
import { OwnerAlertPage } from './owner/alert.tsx';
import { OwnerCasePage } from './owner/case.tsx';
import { OwnerHomePage } from './owner/home.tsx';
import { ServiceAlertsPage } from './service/alerts.tsx';
import { ServiceAppliancesPage } from './service/appliances.tsx';
import { ServiceCasesPage } from './service/cases.tsx';
import { FleetPage } from './service/fleet.tsx';
import { ImportPage } from './service/import.tsx';
import { LabelsPage } from './service/labels.tsx';
import { OrdersPage } from './service/orders.tsx';
import { ApiKeysPage } from './settings/api-keys.tsx';
import { AuditPage } from './settings/audit.tsx';
import { PrivacyPage } from './settings/privacy.tsx';
import { ProvisioningPage } from './settings/provisioning.tsx';
import { RetentionPage } from './settings/retention.tsx';
import { SecurityPage } from './settings/security.tsx';
import { SettingsPage } from './settings/settings.tsx';
import { WebhooksPage } from './settings/webhooks.tsx';
import { HouseholdsPage } from './staff/households.tsx';
import { OrganisationsPage } from './staff/organisations.tsx';
import { PeoplePage } from './staff/people.tsx';
import { RegionsPage } from './staff/regions.tsx';
import { TechniciansPage } from './staff/technicians.tsx';
import { TechnicianVisitPage } from './technician/visit.tsx';
import { TechnicianVisitsPage } from './technician/visits.tsx';

export function Pages({ person }: { person: Person }) {
  switch (person.role) {
    case 'owner':
      return <OwnerPages person={person} />;
    case 'technician':
      return <TechnicianPages person={person} />;
    case 'repairer':
      return <RepairerPages person={person} />;
    default:
      return <ServicePages person={person} />;
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
      <Route path="/appliances/import">
        <ImportPage what="units" />
      </Route>
      <Route path="/appliances/labels" component={LabelsPage} />
      <Route path="/orders" component={OrdersPage} />
      <Route path="/orders/import">
        <ImportPage what="orders" />
      </Route>
      <StaffPages person={person} />
    </Switch>
  );
}

/** Who and where, for those who may see it. */
function StaffPages({ person }: { person: Person }) {
  return (
    <Switch>
      <Route path="/people">
        {offers(person.role, 'people') ? <PeoplePage /> : <Redirect to="/people/technicians" replace />}
      </Route>
      <Route path="/people/import">
        <ImportPage what="people" />
      </Route>
      <Route path="/people/technicians/:id?">{({ id }) => <TechniciansPage id={id} />}</Route>
      <Route path="/people/households" component={HouseholdsPage} />
      <Route path="/people/regions" component={RegionsPage} />
      <Route path="/people/organisations" component={OrganisationsPage} />
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
      <Route path="/alerts/:id">{({ id }) => <OwnerAlertPage key={id} id={id} />}</Route>
      <Rest person={person} />
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
      <Rest person={person} />
    </Switch>
  );
}

/** Paths that every role has. */
function Rest({ person }: { person: Person }) {
  return (
    <Switch>
      <Route path="/appliances/:id">{({ id }) => <AppliancePage key={id} id={id} person={person} view="now" />}</Route>
      <Route path="/appliances/:id/file">
        {({ id }) => <AppliancePage key={id} id={id} person={person} view="file" />}
      </Route>
      <Route path="/appliances/:id/access">
        {({ id }) => <AppliancePage key={id} id={id} person={person} view="access" />}
      </Route>
      <Route path="/settings">
        <SettingsPage person={person} />
      </Route>
      <Route path="/settings/security" component={SecurityPage} />
      <Route path="/settings/keys" component={ApiKeysPage} />
      <Route path="/settings/privacy" component={PrivacyPage} />
      <Route path="/settings/webhooks" component={WebhooksPage} />
      <Route path="/settings/provisioning" component={ProvisioningPage} />
      <Route path="/settings/audit" component={AuditPage} />
      <Route path="/settings/retention" component={RetentionPage} />
      <Route path="/setup">
        <Redirect to="/" replace />
      </Route>
      <Route path="/sign-up">
        <Redirect to="/" replace />
      </Route>
      <Route component={NotFoundPage} />
    </Switch>
  );
}
