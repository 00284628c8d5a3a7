// Whose readings there are.
import { flux, InfluxDB } from '@influxdata/influxdb-client';
import type { Id } from '#contracts';
import { SECOND } from '#runtime';
import { type Place, storeError } from './store-error.ts';

const TIMEOUT_MS = 60 * SECOND;

/** Every appliance that has a reading in the bucket, however old. Names are as the engine keeps them. */
export async function appliancesIn(place: Place & { token: string }): Promise<Id[]> {
  const { url, token, org, bucket } = place;
  const query = new InfluxDB({ url, token, timeout: TIMEOUT_MS }).getQueryApi(org);
  try {
    const rows = await query.collectRows<{ _value: string }>(flux`import "influxdata/influxdb/schema"
      schema.tagValues(bucket: ${bucket}, tag: "appliance", start: 0)`);
    return rows.map(({ _value }) => decodeURIComponent(_value));
  } catch (error) {
    throw storeError(error, place);
  }
}
