// The two buckets: raw readings, and roll-ups beside them. What is too old goes by their retention.
import { flux, HttpError, type InfluxDB, type QueryApi } from '@influxdata/influxdb-client';
import { DAY, messageOf, PlatformError, SECOND } from '#runtime';
import { type Place, storeError } from './store-error.ts';

type Bucket = { id: string; name: string; retentionRules: { everySeconds: number }[] };
type Ask = <Answer>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object) => Promise<Answer>;

export const rollupBucket = (bucket: string): string => `${bucket}_5m`;

export class Buckets {
  readonly #place: Place;
  readonly #ask: Ask;
  readonly #query: QueryApi;
  /** Something is rolled up, or was found to be due. */
  #begun = false;

  constructor({ client, place }: { client: InfluxDB; place: Place }) {
    this.#place = place;
    this.#query = client.getQueryApi(place.org);
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    this.#ask = (method, path, body) => client.transport.request(path, body ?? '', { method, headers });
  }

  /**
   * Makes the bucket of the roll-ups when it is missing. Throws `readings-rollup-bucket` when the token may not.
   * `whenEmpty` is called, and must succeed once, while there is nothing in it.
   */
  async ensureRollups(keepMs: number, whenEmpty: () => Promise<void>): Promise<void> {
    if (this.#begun) return;
    const name = rollupBucket(this.#place.bucket);
    if (!(await this.#find(name))) await this.#make(name, keepMs);
    if (await this.#isEmpty(name)) await whenEmpty();
    this.#begun = true;
  }

  async #make(name: string, keepMs: number): Promise<void> {
    const { org } = this.#place;
    const command = `influx bucket create --org ${org} --name ${name} --retention ${Math.ceil(keepMs / DAY)}d`;
    try {
      const { orgs } = await this.#ask<{ orgs: { id: string }[] }>(
        'GET',
        `/api/v2/orgs?${new URLSearchParams({ org })}`,
      );
      await this.#ask('POST', '/api/v2/buckets', { orgID: orgs[0]?.id, name, retentionRules: [keeping(keepMs)] });
    } catch (cause) {
      if (!(cause instanceof HttpError)) throw storeError(cause, this.#place);
      throw new PlatformError(
        'readings-rollup-bucket',
        'retry',
        `InfluxDB has no bucket "${name}" for roll-ups, and it cannot be made: ${messageOf(cause)}`,
        { cause, hint: `Run: ${command}; and let INFLUX_TOKEN read and write it. Until then nothing is rolled up.` },
      );
    }
  }

  /**
   * Lets the bucket forget what is older. A retention that is shorter already stays. Throws `readings-retention` when the
   * token may not.
   */
  async forgetAfter(name: string, keepMs: number): Promise<void> {
    const bucket = await this.#find(name);
    if (!bucket) return;
    const now = (bucket.retentionRules[0]?.everySeconds ?? 0) * SECOND;
    // A day more or less is the rule's own rounding.
    if (now > 0 && now <= keepMs + DAY) return;
    try {
      await this.#ask('PATCH', `/api/v2/buckets/${bucket.id}`, { retentionRules: [keeping(keepMs)] });
    } catch (cause) {
      if (!(cause instanceof HttpError)) throw storeError(cause, this.#place);
      throw new PlatformError(
        'readings-retention',
        'retry',
        `The retention of the bucket "${name}" cannot be set: ${messageOf(cause)}`,
        {
          cause,
          hint: `Run: influx bucket update --id ${bucket.id} --retention ${Math.ceil(keepMs / DAY)}d. Until then old readings stay.`,
        },
      );
    }
  }

  async #isEmpty(name: string): Promise<boolean> {
    const query = flux`from(bucket: ${name}) |> range(start: 0) |> limit(n: 1) |> group() |> limit(n: 1)`;
    try {
      return (await this.#query.collectRows(query)).length === 0;
    } catch (cause) {
      throw storeError(cause, this.#place);
    }
  }

  async #find(name: string): Promise<Bucket | undefined> {
    const where = new URLSearchParams({ org: this.#place.org, name });
    try {
      const { buckets = [] } = await this.#ask<{ buckets?: Bucket[] }>('GET', `/api/v2/buckets?${where}`);
      return buckets.find((bucket) => bucket.name === name);
    } catch (cause) {
      if (cause instanceof HttpError && cause.statusCode === 404) return undefined;
      throw storeError(cause, this.#place);
    }
  }
}

const keeping = (keepMs: number) => ({ type: 'expire', everySeconds: Math.ceil(keepMs / DAY) * (DAY / SECOND) });
