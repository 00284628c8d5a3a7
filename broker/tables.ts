// The brokers of a deployment, and the order in which they let appliances in.
import type { Migration } from '#runtime';

export const brokerTables: readonly Migration[] = [
  {
    name: 'broker/001-brokers',
    statements: [
      'create table app.broker (id text primary key, leased_until bigint not null)',
      'create sequence app.broker_news',
    ],
  },
];
