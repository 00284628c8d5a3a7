// The Tracer port on OpenTelemetry: spans go out as OTLP over HTTP in JSON, in batches, and are dropped rather than waited for.
import { type HrTime, ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import {
  type Clock,
  type EndSpan,
  type Logger,
  SECOND,
  type SpanName,
  TRACE_STEPS,
  type Tracer,
  type TraceStep,
} from '#runtime';
import { spanIdOf, traceIdOf } from './names.ts';
import { reportingFailures } from './reporting.ts';

export type TracerOptions = {
  /** Of the collector, without `/v1/traces`. */
  endpoint: string;
  /** One message in so many is followed. */
  sampleEvery: number;
  /** Which part of the platform speaks. */
  thread: string;
  clock: Clock;
  logger: Logger;
};

/** For one batch with all its repeats; a stop waits no longer either. */
const EXPORT_TIMEOUT_MS = 3 * SECOND;

const KINDS: Partial<Record<TraceStep, SpanKind>> = { accept: SpanKind.SERVER, notify: SpanKind.CLIENT };

/** A plain number would be taken for a distance from the start of the process when it lies before that. */
const timeOf = (ms: number): HrTime => [Math.floor(ms / SECOND), Math.round((ms % SECOND) * 1e6)];

const spanBefore = ({ step, follows }: Parameters<Tracer['begin']>[0]): SpanName | null => {
  const before = TRACE_STEPS[step];
  if (follows !== undefined) return follows;
  return before === null ? null : { step: before };
};

/** Opens no connection until there is a span to send. Disposing sends what is left, for 3 s at most. */
export function openTracer(options: TracerOptions): Tracer & AsyncDisposable {
  const { endpoint, sampleEvery, thread, clock, logger } = options;
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  // The SDK asks for names while it starts a span; they are set just before.
  const names = { traceId: '', spanId: '' };
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'stethos' }),
    sampler: new AlwaysOnSampler(),
    idGenerator: { generateTraceId: () => names.traceId, generateSpanId: () => names.spanId },
    spanProcessors: [new BatchSpanProcessor({ exporter: reportingFailures(exporter, logger) })],
  });
  const tracer = provider.getTracer(`stethos/${thread}`);

  const start = (traceId: string, span: Parameters<Tracer['begin']>[0]): EndSpan => {
    const before = spanBefore(span);
    names.traceId = traceId;
    names.spanId = spanIdOf(traceId, span);
    const context = before
      ? trace.setSpanContext(ROOT_CONTEXT, {
          traceId,
          spanId: spanIdOf(traceId, before),
          traceFlags: TraceFlags.SAMPLED,
          isRemote: true,
        })
      : ROOT_CONTEXT;
    const begun = tracer.startSpan(
      span.step,
      {
        startTime: timeOf(clock.now()),
        kind: KINDS[span.step] ?? SpanKind.INTERNAL,
        attributes: { 'stethos.appliance': span.heard.appliance },
      },
      context,
    );
    return (about = {}) => {
      for (const [name, value] of Object.entries(about)) {
        begun.setAttribute(`stethos.${name}`, typeof value === 'object' ? [...value] : value);
      }
      begun.end(timeOf(clock.now()));
    };
  };

  return {
    begin(span) {
      const traceId = traceIdOf(span.heard, sampleEvery);
      return traceId === null ? null : start(traceId, span);
    },
    [Symbol.asyncDispose]: () => provider.shutdown().catch(() => {}),
  };
}
