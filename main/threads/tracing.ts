// Traces, when there is a collector. Without one nothing of it is loaded, and no stage has a tracer to ask.
import { type Logger, openClock, type Tracer } from '#runtime';
import type { ThreadData } from './offers.ts';

export async function openTracing(
  { settings, clock }: Pick<ThreadData, 'settings' | 'clock'>,
  thread: string,
  logger: Logger,
  stack: AsyncDisposableStack,
): Promise<Tracer | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SAMPLE_EVERY: sampleEvery } = settings;
  if (endpoint === undefined) return undefined;
  const { openTracer } = await import('#engines/otel');
  return stack.use(openTracer({ endpoint, sampleEvery, thread, clock: openClock(clock), logger }));
}
