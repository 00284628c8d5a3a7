// Live updates: reads the stream of changes, and goes on where it was cut off.
import type { paths } from './schema.ts';

/** `null`: more was missed than is known; ask again for everything you show. */
export type Change = paths['/api/v1/events']['get']['responses'][200]['content']['text/event-stream'] | null;
export type StreamOptions = { baseUrl: string; apiKey?: string; signal?: AbortSignal };

const RETRY_MS = 2_000;

/** Comes back by itself until the signal says otherwise. Throws the problem when the platform refuses the stream. */
export async function* changes(options: StreamOptions): AsyncGenerator<Change, void, undefined> {
  let lastEventId = '';
  while (!options.signal?.aborted) {
    const response = await open(options, lastEventId).catch(() => null);
    if (response && !response.ok && response.status < 500) throw await response.json();
    for await (const event of response?.ok ? events(response) : []) {
      lastEventId = event.id ?? lastEventId;
      if (event.name === 'reset') yield null;
      else if (event.data !== undefined) yield JSON.parse(event.data) as Change;
    }
    await pause(RETRY_MS, options.signal);
  }
}

/** Ends early when the signal says so. */
const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, signal?.aborted ? 0 : ms);
    signal?.addEventListener('abort', over);
  });

const open = ({ baseUrl, apiKey, signal }: StreamOptions, lastEventId: string): Promise<Response> =>
  fetch(new URL('/api/v1/events', baseUrl), {
    credentials: 'include',
    headers: {
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      ...(lastEventId === '' ? {} : { 'last-event-id': lastEventId }),
    },
    ...(signal ? { signal } : {}),
  });

type Event = { id?: string; name?: string; data?: string };

/** Ends when the connection does, however it does. */
async function* events(response: Response): AsyncGenerator<Event> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true }));
    if (done) return;
    text += value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield eventOf(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
}

const FIELDS: Record<string, keyof Event> = { id: 'id', event: 'name', data: 'data' };

function eventOf(text: string): Event {
  const event: Event = {};
  for (const line of text.split('\n')) {
    const [, field = '', value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    const name = FIELDS[field];
    if (name) event[name] = value;
  }
  return event;
}
