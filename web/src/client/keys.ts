// Names of what the pages have asked for, so that a change can say what is stale.
import type { QueryClient } from '@tanstack/react-query';
import type { Change } from '#contracts';

export const keys = {
  me: ['me'],
  demo: ['demo'],
  factorNeeded: ['factor-needed'],
  sessions: ['sessions'],
  secondFactor: ['second-factor'],
  apiKeys: ['api-keys'],
  consents: ['consents'],
  exports: ['exports'],
  models: ['models'],
  fleet: ['fleet'],
  households: ['households'],
  household: (id: string) => ['household', id],
  people: ['people'],
  technicians: ['technicians'],
  appliances: ['appliances'],
  appliance: (id: string) => ['appliance', id],
  passport: (id: string) => ['passport', id],
  grants: (id: string) => ['grants', id],
  remoteSessions: (id: string) => ['remote-sessions', id],
  commands: (id: string) => ['commands', id],
  reports: (id: string) => ['reports', id],
  presence: (id: string) => ['presence', id],
  explanation: (id: string, at: string | null) => ['explanation', id, at],
  cohorts: ['cohorts'],
  orders: ['orders'],
  organisations: ['organisations'],
  regions: ['regions'],
  technician: (id: string) => ['technician', id],
  audit: ['audit'],
  provisioningKeys: ['provisioning-keys'],
  webhooks: ['webhooks'],
  deliveries: (id: string) => ['deliveries', id],
  retention: ['retention'],
  rejected: ['rejected'],
  replays: ['replays'],
  ledger: ['ledger'],
  rules: ['rules'],
  rule: (rule: string) => ['rules', rule],
  backtest: (id: string) => ['backtest', id],
  readings: (id: string) => ['readings', id],
  quarantine: (id: string) => ['quarantine', id],
  alerts: ['alerts'],
  alert: (id: string) => ['alert', id],
  cases: ['cases'],
  case: (id: string) => ['case', id],
  slots: ['slots'],
} as const;

/** What a live change makes stale, by prefix of the key. */
export function staleAfter({ what, id }: Change): (readonly string[])[] {
  switch (what) {
    case 'readings':
      return [keys.appliances, keys.appliance(id), keys.readings(id)];
    case 'appliance':
      return [
        keys.appliances,
        keys.appliance(id),
        keys.passport(id),
        keys.grants(id),
        keys.remoteSessions(id),
        keys.commands(id),
        keys.quarantine(id),
        keys.reports(id),
        keys.presence(id),
        keys.fleet,
      ];
    case 'alert':
      return [keys.alerts, keys.alert(id), keys.appliances, ['appliance'], keys.fleet];
    case 'case':
      return [keys.cases, keys.case(id), keys.alerts, ['alert'], keys.slots, keys.technicians, keys.fleet];
  }
}

/** Nobody is logged in any more: who it was, and everything that was seen. */
export function forgetPerson(client: QueryClient): void {
  client.setQueryData(keys.me, null);
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.me[0] && queryKey[0] !== keys.demo[0] });
}
