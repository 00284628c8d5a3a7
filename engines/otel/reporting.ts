// A collector that is away is said once when it goes and once when it is back, and not with every batch.
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '#runtime';

export function reportingFailures(exporter: SpanExporter, logger: Logger): SpanExporter {
  let away = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error && !away) {
          logger.warn(
            { error: result.error.message },
            'traces cannot be sent; they are dropped until the collector answers',
          );
        }
        if (!result.error && away) logger.info({}, 'traces are sent again');
        away = result.error !== undefined;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
