// A unit that has no credential yet asks for one, and hears the answer on the connection that asked.
import { type Id, type ProvisioningAnswer, type ProvisioningRefusal, ProvisioningRequest } from '#contracts';
import type { FirstContact } from '#registry';

/** Where appliances reach the broker, as told to a new one. */
export type MqttAddress = { host: string; port: number; tlsPort: number | null };

const REASONS: Record<ProvisioningRefusal, string> = {
  'bad-request': 'Send JSON: {"serial": "...", "nonce": "..."}; the nonce is 16 to 200 random printable characters.',
  'wrong-model': 'This provisioning key is for another model.',
  'unknown-serial': 'This provisioning key is not for this serial.',
  'already-provisioned': 'This unit got its credential before. If it is lost, service staff can allow a new one.',
  'key-exhausted': 'This provisioning key has given all the credentials that it may give.',
  'key-over': 'This provisioning key has ended or was revoked.',
  'rate-limited': 'Too many units ask with this provisioning key just now; ask again later.',
};

function requestOf(payload: Buffer): ProvisioningRequest | null {
  try {
    return ProvisioningRequest.safeParse(JSON.parse(payload.toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Throws when the registry is away. */
export async function answerFirstContact(
  payload: Buffer,
  {
    ask,
    address,
    now,
  }: { ask: (request: ProvisioningRequest) => Promise<FirstContact>; address: MqttAddress; now: number },
): Promise<ProvisioningAnswer> {
  const request = requestOf(payload);
  const answer: FirstContact = request ? await ask(request) : { refused: 'bad-request', retryAfterMs: null };
  const nonce = request?.nonce ?? null;
  if ('refused' in answer) {
    const { refused: code, retryAfterMs } = answer;
    return { nonce, error: { code, reason: REASONS[code], retryAfterMs }, at: now };
  }
  const appliance: Id = answer.appliance;
  return { nonce: request!.nonce, appliance, secret: answer.secret, mqtt: address, at: now };
}
