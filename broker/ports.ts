// What the MQTT door needs to know about who knocks. The registry answers.
import type { Id, ProvisioningRequest } from '#contracts';
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
