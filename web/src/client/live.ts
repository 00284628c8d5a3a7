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
      source.addEventListener('change', hear);
      source.onerror = () => {
        setLive(false);
        missed = true;
        // The browser reconnects by itself after a lost connection, but gives up after an error status.
        if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, RETRY_MS);
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
