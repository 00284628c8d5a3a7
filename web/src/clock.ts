// The page's clock: "5 minutes ago" grows older while it is looked at.
import { useEffect, useState } from 'react';

const TICK_MS = 15_000;

/** Epoch ms, renewed a few times a minute. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
