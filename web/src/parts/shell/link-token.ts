// The secret of a link stands behind "#", where no server and no log sees it. It leaves the address bar once it is read.
import { useState } from 'react';

/** Null for a link without one. */
export function useLinkToken(): string | null {
  const [token] = useState(readFragment);
  return token;
}

function readFragment(): string | null {
  const fragment = decodeURIComponent(location.hash.slice(1));
  return fragment === '' ? null : fragment;
}

export const forgetFragment = (): void => history.replaceState(null, '', location.pathname);
