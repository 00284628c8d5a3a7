// Who knocks: what CONNECT must say, checked in order, with the return code of MQTT 3.1.1 for each refusal [MQTT-3.2.2.3].
import type { AuthenticateError } from 'aedes';
import { Id, PROVISIONING_USER } from '#contracts';
import type { Offer, Principal } from '#registry';
import type { PeerCertificate } from './certificate.ts';

/** What was sent with CONNECT, and the certificate that was shown before it. */
export type Knock = {
  clientId: string;
  userName: string | undefined;
  password: Buffer | undefined;
  certificate: PeerCertificate | null;
};

type Refusal = { refused: AuthenticateError };
export type Recognised = { principal: Principal } | Refusal;

const CODE = { identifier: 2, unavailable: 3, credentials: 4, notAuthorized: 5 } as const;

const refuse = (code: keyof typeof CODE, message: string): Refusal => ({
  refused: Object.assign(new Error(message), { returnCode: CODE[code] }),
});

// It becomes part of a topic, and must never be taken for an appliance's or a gateway's. Aedes invents one where there is none.
const isUnitName = (clientId: string): boolean =>
  /^(?!aedes_)[\w-]{1,64}$/.test(clientId) && !Id.safeParse(clientId).success;

function offerOf({ clientId, userName, password, certificate }: Knock): Offer | Refusal {
  if (userName?.startsWith(PROVISIONING_USER)) {
    if (!password) return refuse('credentials', 'the secret of the provisioning key is needed as the password');
    if (!isUnitName(clientId)) return refuse('identifier', 'a client id of letters, digits, - and _, and no UUID');
    return { kind: 'provisioning', id: userName.slice(PROVISIONING_USER.length), secret: password.toString('utf8') };
  }
  const id = userName ?? (certificate ? clientId : undefined);
  const hasSecret = password !== undefined && password.length > 0;
  if (!id || !(hasSecret || certificate)) return refuse('credentials', 'user name and password are needed');
  if (clientId !== id) return refuse('identifier', 'the client id must be the appliance id, like the user name');
  // One appliance, one spelling: topics, the log and the list of who is connected go by it.
  if (id !== id.toLowerCase()) return refuse('identifier', 'an appliance id is written in lower case');
  if (hasSecret) return { kind: 'secret', id, secret: password.toString('utf8') };
  if (!certificate!.names.includes(id)) return refuse('identifier', 'the client id must be the one in the certificate');
  return { kind: 'certificate', id, fingerprint: certificate!.fingerprint };
}

/** Never throws: a registry that cannot answer is told to `away`, and the appliance is asked to come back. */
export async function recognise(
  knock: Knock,
  ask: {
    authenticate: (offer: Offer) => Promise<Principal | null>;
    /** Why it is refused for a while; null when it is not. */
    refusedNow: (id: string) => string | null;
    /** False when it connects too often; it may be long before it says so. */
    mayConnect: (principal: Principal) => Promise<boolean>;
    /** As many units of this provisioning key as may be are here already. */
    full: (key: string) => boolean;
    away: (error: unknown) => void;
  },
): Promise<Recognised> {
  const offer = offerOf(knock);
  if ('refused' in offer) return offer;
  const refused = ask.refusedNow(knock.clientId);
  if (refused) return refuse('notAuthorized', refused);
  if (offer.kind === 'provisioning' && ask.full(offer.id)) return refuse('unavailable', 'too many units at once');
  try {
    const principal = await ask.authenticate(offer);
    if (!principal) return refuse('credentials', 'unknown appliance, or a credential that is wrong or over');
    return (await ask.mayConnect(principal)) ? { principal } : refuse('unavailable', 'it connects too often');
  } catch (error) {
    ask.away(error);
    return refuse('unavailable', 'the registry is away');
  }
}
