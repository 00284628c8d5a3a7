// PGlite in a thread of its own: a query holds the event loop of its thread while it runs. Its end is the end of the process.
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '#runtime';
import { openPglite } from './pglite-open.ts';
import type { Control, ControlReply } from './pglite-protocol.ts';
import { PARSERS, SERIALIZERS } from './pglite-query.ts';
import { PgliteServer } from './pglite-server.ts';

const tell = (reply: ControlReply): void => parentPort!.postMessage(reply);

/**
 * Tells the parent, which ends the process, and never returns: neither PostgreSQL nor any client hears anything more from
 * here. Ending this thread would close the ports first, and the clients would believe in an orderly end.
 */
function die(what: string, error: unknown): never {
  tell({ kind: 'broken', why: `${what}: ${messageOf(error)}` });
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (;;) Atomics.wait(never, 0, 0);
}

const { dir, idleInTransactionMs } = workerData as { dir: string; idleInTransactionMs: number };
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
const server = new PgliteServer({
  db,
  idleInTransactionMs,
  broken: (error) => die('the embedded database crashed', error),
});

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
