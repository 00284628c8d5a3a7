// What the MQTT door asks the registry.
import type { Access } from '#broker';
import {
  authenticatePrincipal,
  credentialsOver,
  firstContact,
  gatewaysChanged,
  onAccessChange,
  principalAgain,
} from '#registry';
import type { Clock, Sql } from '#runtime';

export const brokerAccess = (sql: Sql, { pepper, clock }: { pepper: string; clock: Clock }): Access => ({
  authenticate: (offer) => authenticatePrincipal(sql, offer, { pepper, now: clock.now() }),
  again: (principal) => principalAgain(sql, principal, clock.now()),
  over: (credentials) => credentialsOver(sql, credentials, clock.now()),
  changed: (gateways) => gatewaysChanged(sql, gateways),
  listen: (heard, missed) => onAccessChange(sql, heard, missed),
  firstContact: (key, request) => firstContact(sql, { key, request, now: clock.now(), pepper }),
});
