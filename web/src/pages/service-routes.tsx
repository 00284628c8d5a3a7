// The pages of the service. Loaded apart: a phone at home never needs them.
import { Redirect, Route, Switch } from 'wouter';
import type { Person } from '#contracts';
import { offers } from '../parts/offers.ts';
import { AddAppliancePage } from './add-appliance.tsx';
import { CommonPages } from './common-routes.tsx';
import { BacktestPage } from './rules/backtest.tsx';
import { CohortsPage } from './rules/cohorts.tsx';
import { TryOnHistoryPage } from './rules/history.tsx';
import { NewRuleVersionPage } from './rules/new-version.tsx';
import { RulePage } from './rules/rule.tsx';
import { RulesPage } from './rules/rules.tsx';
import { RuleTrialPage } from './rules/trial.tsx';
import { RuleVersionPage } from './rules/version.tsx';
import { ServiceAlertsPage } from './service/alerts.tsx';
import { ServiceAppliancesPage } from './service/appliances.tsx';
import { ServiceCasesPage } from './service/cases.tsx';
import { FleetPage } from './service/fleet.tsx';
import { ImportPage } from './service/import.tsx';
import { LabelsPage } from './service/labels.tsx';
import { OrdersPage } from './service/orders.tsx';
import { HouseholdsPage } from './staff/households.tsx';
import { OrganisationsPage } from './staff/organisations.tsx';
import { PeoplePage } from './staff/people.tsx';
import { RegionsPage } from './staff/regions.tsx';
import { TechniciansPage } from './staff/technicians.tsx';

export function ServicePages({ person }: { person: Person }) {
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
      <Route path="/rules" component={RulesPage} />
      <Route path="/cohorts" component={CohortsPage} />
      <Route path="/rules/new" component={NewRuleVersionPage} />
      <Route path="/rules/backtests/:id">{({ id }) => <BacktestPage key={id} id={id} />}</Route>
      <Route path="/rules/:rule">{({ rule }) => <RulePage key={rule} rule={rule} />}</Route>
      <Route path="/rules/:rule/trial">{({ rule }) => <RuleTrialPage key={rule} rule={rule} />}</Route>
      <Route path="/rules/:rule/:version/history">
        {({ rule, version }) => <TryOnHistoryPage key={`${rule} ${version}`} rule={rule} version={Number(version)} />}
      </Route>
      <Route path="/rules/:rule/:version">
        {({ rule, version }) => <RuleVersionPage key={`${rule} ${version}`} rule={rule} version={Number(version)} />}
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
      <CommonPages person={person} />
    </Switch>
  );
}
