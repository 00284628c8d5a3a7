// Who knocks: what CONNECT must say, checked in order, with the return code of MQTT 3.1.1 for each refusal [MQTT-3.2.2.3].
import type { AuthenticateError } from 'aedes';
import type { Id } from '#contracts';

/** What was sent with CONNECT. */
export type Knock = { clientId: string; userName: string | undefined; password: Buffer | undefined };

export type Recognised = { model: string } | { refused: AuthenticateError };

const CODE = { identifier: 2, unavailable: 3, credentials: 4, notAuthorized: 5 } as const;

const refuse = (code: keyof typeof CODE, message: string): { refused: AuthenticateError } => ({
  refused: Object.assign(new Error(message), { returnCode: CODE[code] }),
});

/** Never throws: a registry that cannot answer is told to `away`, and the appliance is asked to come back. */
export async function recognise(
  { clientId, userName, password }: Knock,
  ask: {
    authenticate: (id: Id, secret: string) => Promise<{ model: string } | null>;
    refusedNow: (id: Id) => boolean;
    away: (error: unknown) => void;
  },
): Promise<Recognised> {
  if (!userName || !password) return refuse('credentials', 'user name and password are needed');
  if (clientId !== userName) return refuse('identifier', 'the client id must be the appliance id, like the user name');
  // One appliance, one spelling: topics, the log and the list of who is connected go by it.
  if (userName !== userName.toLowerCase()) return refuse('identifier', 'an appliance id is written in lower case');
  if (ask.refusedNow(userName)) return refuse('notAuthorized', 'refused for an hour: three packets over the limit');
  try {
    const known = await ask.authenticate(userName, password.toString('utf8'));
    return known ? { model: known.model } : refuse('credentials', 'unknown appliance or wrong secret');
  } catch (error) {
    ask.away(error);
    return refuse('unavailable', 'the registry is away');
  }
}
