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
  /** Calls back with the id of each principal that changed, until the returned function is called; `missed` when the registry was away meanwhile. */
  listen(heard: (principal: Id) => void, missed: () => void): Promise<() => Promise<void>>;
  /** A unit without a credential asks for one. */
  firstContact(key: Id, request: ProvisioningRequest): Promise<FirstContact>;
}

/** What waits for an appliance. Every method throws when the registry is away. */
export interface Commands {
  /**
   * Takes what is queued for these appliances; of two brokers that ask one gets it. With `again` also what was sent
   * before, by any broker, and is not answered. In the order in which it was asked.
   */
  take(appliances: readonly Id[], again: boolean): Promise<{ appliance: Id; payload: CommandPayload }[]>;
  /** Appliances that something waits for, by id: at most `limit` of those behind `after`. */
  waiting(after: Id | null, limit: number): Promise<Id[]>;
  /** Calls back with each appliance that something was asked of, until the returned function is called; `missed` when some may not have been heard of. */
  listen(heard: (appliance: Id) => void, missed: () => void): Promise<() => Promise<void>>;
}
