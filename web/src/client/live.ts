// Live updates: one event stream tells what changed; what the page shows of it is asked for again.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Change } from '#contracts';
import { staleAfter } from './keys.ts';

const GATHER_MS = 400;
const RETRY_MS = 5_000;

/** Listens while `listening`; true while the stream is up. */
export function useLive(listening: boolean): boolean {
  const client = useQueryClient();
  const [live, setLive] = useState(false);

  useEffect(() => {
    if (!listening) return;
    let source: EventSource;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let gather: ReturnType<typeof setTimeout> | undefined;
    let missed = false;
    const stale = new Map<string, readonly string[]>();

    const askAgain = () => {
      gather = undefined;
      for (const queryKey of stale.values()) void client.invalidateQueries({ queryKey });
      stale.clear();
    };
    const hear = (event: MessageEvent<string>) => {
      for (const key of staleAfter(JSON.parse(event.data) as Change)) stale.set(key.join(), key);
      gather ??= setTimeout(askAgain, GATHER_MS);
    };
    const connect = () => {
      source = new EventSource('/api/v1/events');
      source.onopen = () => {
        setLive(true);
        if (missed) void client.invalidateQueries();
        missed = false;
      };
      source.onmessage = hear;
      // It was away for too long, or reaches another process: what it missed is not known.
      source.addEventListener('reset', () => void client.invalidateQueries());
      source.onerror = () => {
        setLive(false);
        // The browser reconnects by itself after a lost connection, and says what it heard last; after an error status it gives up.
        if (source.readyState !== EventSource.CLOSED) return;
        missed = true;
        retry = setTimeout(connect, RETRY_MS);
      };
    };
    connect();
    return () => {
      source.close();
      clearTimeout(retry);
      clearTimeout(gather);
      setLive(false);
    };
  }, [client, listening]);

  return live;
}
