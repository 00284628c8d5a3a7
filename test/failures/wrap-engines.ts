// Loaded before the platform (`node --import`), in each of its threads: what main opens as engines is wrapped, so that steps
// can be told apart without a word of it in the product.
import * as fs from 'node:fs';
import { registerHooks } from 'node:module';

const WRAPPED = new URL('./wrapped/', import.meta.url);
const ENGINE = /^#engines\/([a-z-]+)$/;

registerHooks({
  resolve(specifier, context, next) {
    const engine = context.parentURL?.includes('/main/') ? ENGINE.exec(specifier)?.[1] : undefined;
    const wrapper = engine && new URL(`${engine}.ts`, WRAPPED);
    return next(wrapper && fs.existsSync(wrapper) ? wrapper.href : specifier, context);
  },
});
