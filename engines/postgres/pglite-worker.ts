// PGlite in a thread of its own: a query holds the event loop of its thread while it runs. Its end is the end of the process.
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '#runtime';
import { openPglite } from './pglite-open.ts';
import type { Control, ControlReply } from './pglite-protocol.ts';
import { PARSERS, SERIALIZERS } from './pglite-query.ts';
import { PgliteServer } from './pglite-server.ts';

const STDERR = 2;
const EX_SOFTWARE = 70;

/** In a worker this ends the thread at once, whatever stands on its stack; the parent then ends the process. */
function die(what: string, error: unknown): never {
  writeSync(STDERR, `stethos: ${what}: ${messageOf(error)}\n`);
  process.exit(EX_SOFTWARE);
}

const { dir } = workerData as { dir: string };
let fsyncs = 0;
const db = await openPglite(
  dir,
  {
    done: () => {
      fsyncs++;
    },
    failed: (error) => die('the disk refused to keep a change of the database (fsync)', error),
  },
  { parsers: PARSERS, serializers: SERIALIZERS },
);
const server = new PgliteServer(db, (error) => die('the embedded database crashed', error));

const tell = (reply: ControlReply): void => parentPort!.postMessage(reply);
parentPort!.on('message', async (message: Control) => {
  switch (message.kind) {
    case 'port':
      return server.serve(message.port);
    case 'fsync-count':
      return tell({ kind: 'fsync-count', count: fsyncs });
    case 'close':
      await db.close();
      server.closePorts();
      parentPort!.close();
  }
});
tell({ kind: 'ready' });
