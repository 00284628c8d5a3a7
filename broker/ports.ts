// What the MQTT door needs to know about who knocks, and what waits for them. The registry answers.
import type { CommandPayload, Id, ProvisioningRequest } from '#contracts';
import type { FirstContact, Offer, Principal } from '#registry';

/** Every method throws when the registry is away. */
export interface Access {
  /** Who this is; null for an unknown id, a wrong secret or one that is over. */
  authenticate(offer: Offer): Promise<Principal | null>;
  /** The same principal as it is now; null when its credential is over. */
  again(principal: Principal): Promise<Principal | null>;
  /** Of these credentials those that are not good any more. The others are in use. */
  over(credentials: readonly Id[]): Promise<Id[]>;
  /** Of these gateways those that others stand behind by now. */
  changed(gateways: readonly Extract<Principal, { kind: 'gateway' }>[]): Promise<Id[]>;
  /** Calls back with the id of each principal that changed, until the returned function is called; `missed` when the registry was away meanwhile. */
  listen(heard: (principal: Id) => void, missed: () => void): Promise<() => Promise<void>>;
  /** A unit without a credential asks for one. */
  firstContact(key: Id, request: ProvisioningRequest): Promise<FirstContact>;
}

/** What waits for an appliance. Every method throws when the registry is away. */
export interface Commands {
  /**
   * Takes what is queued for these appliances; of two brokers that ask one gets it. Where it got something, and with
   * `again` everywhere, also what was sent before, by any broker, and is not answered. In the order in which it was asked.
   */
  take(appliances: readonly Id[], again: boolean): Promise<{ appliance: Id; payload: CommandPayload }[]>;
  /** Appliances that something waits for, by id: at most `limit` of those behind `after`. */
  waiting(after: Id | null, limit: number): Promise<Id[]>;
  /** Calls back with each appliance that something was asked of, until the returned function is called; `missed` when some may not have been heard of. */
  listen(heard: (appliance: Id) => void, missed: () => void): Promise<() => Promise<void>>;
}

/** A client id with a credential of its own, and the number of its connection: of two connections the higher one is the later. */
export type Arrival = { client: Id; number: number };

/** The other brokers of the deployment. Every method throws when they cannot be reached. */
export interface Peers {
  /** A broker that has not renewed its lease for so long is taken for lost. */
  readonly leaseMs: number;
  /** Tells all others that these clients have come here just now; returns the number of that, higher than any before. */
  announce(clients: readonly Id[]): Promise<number>;
  /** Tells all others again. */
  repeat(arrivals: readonly Arrival[]): Promise<void>;
  /** Calls back with what others tell, until the returned function is called; `missed` when something may not have been heard. */
  listen(heard: (arrivals: readonly Arrival[]) => void, missed: () => void): Promise<() => Promise<void>>;
  /** Begins the lease of this broker. */
  enter(): Promise<void>;
  /** False when another broker took this one for lost; the lease has begun anew then. */
  renew(): Promise<boolean>;
  /** Takes one broker whose lease is over off the list, once `lost` has resolved; false when there is none. */
  takeLost(lost: (broker: string) => Promise<void>): Promise<boolean>;
  /** This broker ends. */
  leave(): Promise<void>;
}
