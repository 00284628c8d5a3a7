// The door of the broker room: appliances knock, are known, and what they say is in the log before it is acknowledged.
export { type Broker, type BrokerDeps, startBroker } from './broker.ts';
export type { BrokerCounts } from './discipline.ts';
export { LIMITS, type Limits } from './limits.ts';
export type { ListenOptions } from './listeners.ts';
export type { Access, Commands, Peers } from './ports.ts';
export { sqlPeers } from './sql-peers.ts';
export { brokerTables } from './tables.ts';
