// A label's link, e.g. /claim#m=cool-300&s=A17&c=KD7X-…; it outlives the making of an account.
const REMEMBERED = 'claim';

export type ClaimLink = { model: string; serial: string; code: string };

export const isClaimLink = (): boolean => location.pathname === '/claim' && location.hash.length > 1;

/** Keeps the label's link while its finder makes an account: the mail opens in another tab. */
export function rememberClaim(): void {
  if (isClaimLink()) localStorage.setItem(REMEMBERED, location.hash);
}

/** Where a new account goes on. */
export const afterEntry = (): string => (localStorage.getItem(REMEMBERED) === null ? '/' : '/claim');

/** What the link says, or the one that was kept. */
export function readClaimLink(): ClaimLink {
  const fragment = isClaimLink() ? location.hash : (localStorage.getItem(REMEMBERED) ?? '');
  const said = new URLSearchParams(fragment.slice(1));
  return { model: said.get('m') ?? '', serial: said.get('s') ?? '', code: said.get('c') ?? '' };
}

export function forgetClaim(): void {
  localStorage.removeItem(REMEMBERED);
  if (isClaimLink()) history.replaceState(null, '', '/claim');
}
