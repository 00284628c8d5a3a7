// The door of engines/otel: traces as OTLP over HTTP.
export { traceIdOf } from './names.ts';
export { openTracer } from './tracer.ts';
