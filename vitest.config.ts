import { defineConfig } from 'vitest/config';

// Tests start real engines and worker threads; two files at a time is what a two-core machine carries. The bounds only end
// what hangs: a busy machine may take its time.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/failures/**', 'node_modules/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
