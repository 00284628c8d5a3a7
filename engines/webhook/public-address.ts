// Which addresses may be reached from here on behalf of a stranger: global unicast, and nothing else.
import ipaddr from 'ipaddr.js';

const { IPv4, IPv6 } = ipaddr;

/** Public by number and yet inside: the agent that every virtual machine of Azure reaches under this address. */
const INSIDE = [[IPv4.parse('168.63.129.16'), 32]] as const;

/** All that is handed out as global unicast [RFC 4291, IANA]; what translates or tunnels to IPv4 is told apart by `range`. */
const GLOBAL_IPV6 = [IPv6.parse('2000::'), 3] as const;

/** What is no address is not public. IPv4 inside IPv6 (::ffff:a.b.c.d) is judged as IPv4. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  if (address instanceof IPv6) return address.match([...GLOBAL_IPV6]);
  return !INSIDE.some(([inside, bits]) => address.match([inside, bits]));
}
