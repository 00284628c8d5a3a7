// From PUBLISH to the row of the alert, through every stage.
import type { Contender } from './contender.ts';

const EVERY_MS = 50;

/** Times in ms. Throws when an alert is missing. */
export async function timeAlerts({ server, client, started }: Contender): Promise<Float64Array> {
  const { port, samples } = started;
  const sent = await client.call.publishSamples({ port, samples, everyMs: EVERY_MS });
  await server.call.caughtUp();
  const rowAt = new Map((await server.call.alertRows()).map(({ appliance, at }) => [appliance, at]));
  const times = sent.map(({ appliance, at }) => (rowAt.get(appliance) ?? Number.NaN) - at);
  const missing = times.filter(Number.isNaN).length;
  if (missing > 0) throw new Error(`${missing} of ${times.length} alerts did not open.`);
  return Float64Array.from(times);
}
