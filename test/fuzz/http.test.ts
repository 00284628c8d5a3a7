import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { fuzzHttp } from './http.ts';

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 3_000);
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 30));

it(
  'whatever is asked is answered as announced, and never by a failure of ours',
  async () => {
    const { attempts, byStatus, violations } = await fuzzHttp({ requests: REQUESTS, seed: SEED });
    console.log(
      `http fuzz: seed ${SEED}, ${attempts} requests, ${violations.length} violations, ${JSON.stringify(byStatus)}`,
    );
    for (const { seed, request, why } of violations.slice(0, 20)) console.log(`  seed ${seed}: ${request}\n    ${why}`);
    expect(violations.length).toBe(0);
  },
  10 * 3_600_000,
);
