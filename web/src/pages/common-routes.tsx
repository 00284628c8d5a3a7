// Paths that every role has.
import { Redirect, Route, Switch } from 'wouter';
import type { Person } from '#contracts';
import { AppliancePage } from './appliance/appliance.tsx';
import { NotFoundPage } from './not-found.tsx';
import { ApiKeysPage } from './settings/api-keys.tsx';
import { AuditPage } from './settings/audit.tsx';
import { LedgerPage } from './settings/ledger.tsx';
import { PrivacyPage } from './settings/privacy.tsx';
import { ProvisioningPage } from './settings/provisioning.tsx';
import { RejectedPage } from './settings/rejected.tsx';
import { RetentionPage } from './settings/retention.tsx';
import { SecurityPage } from './settings/security.tsx';
import { SettingsPage } from './settings/settings.tsx';
import { WebhooksPage } from './settings/webhooks.tsx';

/** Where nothing else fits, there is no such page. */
export function CommonPages({ person }: { person: Person }) {
  return (
    <Switch>
      <Route path="/appliances/:id">{({ id }) => <AppliancePage key={id} id={id} person={person} view="now" />}</Route>
      <Route path="/appliances/:id/file">
        {({ id }) => <AppliancePage key={id} id={id} person={person} view="file" />}
      </Route>
      <Route path="/appliances/:id/why">
        {({ id }) => <AppliancePage key={id} id={id} person={person} view="why" />}
      </Route>
      <Route path="/appliances/:id/commands">
        {({ id }) => <AppliancePage key={id} id={id} person={person} view="commands" />}
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
      <Route path="/settings/rejected" component={RejectedPage} />
      <Route path="/settings/ledger" component={LedgerPage} />
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
