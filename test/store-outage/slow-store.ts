// Loaded before the platform (`node --import`), in each of its threads: the embedded store takes next to nothing while the
// file named by SLOW_STORE_FILE exists.
import { registerHooks } from 'node:module';

const SLOW = new URL('./slow-duckdb.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === '#engines/duckdb' && context.parentURL?.includes('/main/') ? SLOW : specifier, context),
});
