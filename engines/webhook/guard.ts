// Where a webhook may go: https, no credentials, public addresses only; judged after parsing, so that every spelling of an address counts.
import type { WebhookReason } from '#contracts';
import { isPublicAddress } from './public-address.ts';

const HTTPS_PORT = 443;
const FIRST_FREE_PORT = 1024;

/** `host` or `host:port` that the operator allows by name: plain http and any address are then good. */
export type AllowedHosts = ReadonlySet<string>;

export type Resolve = (host: string) => Promise<readonly string[]>;

/** `addresses`: where to connect, all of them checked. */
export type Target = { url: URL; addresses: readonly string[] };

/** What its text alone says. Decimal, octal and hexadecimal spellings of IPv4 are plain IPv4 after WHATWG parsing. */
export function judgeUrl(text: string, allowed: AllowedHosts): URL | WebhookReason {
  if (!URL.canParse(text)) return 'not-https';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'not-https';
  if (url.username !== '' || url.password !== '') return 'credentials-in-url';
  url.hash = '';
  if (isAllowed(url, allowed)) return url;
  if (url.protocol !== 'https:') return 'not-https';
  const port = Number(url.port || HTTPS_PORT);
  // Below are mail, shells and the like: nobody's webhook, and not ours to knock at.
  if (port !== HTTPS_PORT && port < FIRST_FREE_PORT) return 'forbidden-port';
  const literal = literalOf(url);
  return literal !== null && !isPublicAddress(literal) ? 'forbidden-address' : url;
}

/** Resolves once. One forbidden address among several condemns the name. */
export async function findTarget(
  text: string,
  { allowed, resolve }: { allowed: AllowedHosts; resolve: Resolve },
): Promise<Target | WebhookReason> {
  const url = judgeUrl(text, allowed);
  if (typeof url === 'string') return url;
  const literal = literalOf(url);
  if (literal !== null) return { url, addresses: [literal] };
  const addresses = await resolve(url.hostname).catch(() => []);
  if (addresses.length === 0) return 'unknown-host';
  return isAllowed(url, allowed) || addresses.every(isPublicAddress) ? { url, addresses } : 'forbidden-address';
}

const isAllowed = (url: URL, allowed: AllowedHosts): boolean => allowed.has(url.hostname) || allowed.has(url.host);

/** The address, when the host is one and no name. */
function literalOf({ hostname }: URL): string | null {
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  return /^\d+\.\d+\.\d+\.\d+$/.test(hostname) ? hostname : null;
}
