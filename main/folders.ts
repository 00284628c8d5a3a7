import * as path from 'node:path';

/** Where the demo keeps its data: inside the checkout, so that deleting the checkout deletes it. */
export const DEMO_FOLDER = path.join(import.meta.dirname, '..', 'data', 'demo');
