// PGlite as it leaves the box never fsyncs: it starts with -F and its file system ignores the call. Here both are put right.
import { fsyncSync } from 'node:fs';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

type EmscriptenOptions = Parameters<NodeFS['init']>[1];
type Stream = { nfd: number };
type StreamOps = { fsync?: (stream: Stream) => number };

export type FsyncWatch = { done: () => void; failed: (error: unknown) => void };

class FsyncFS extends NodeFS {
  readonly #watch: FsyncWatch;
  constructor(dir: string, watch: FsyncWatch) {
    super(dir);
    this.#watch = watch;
  }

  override async init(pg: PGlite, options: EmscriptenOptions): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const fsync = (stream: Stream): number => {
      try {
        fsyncSync(stream.nfd);
        this.#watch.done();
      } catch (error) {
        this.#watch.failed(error);
        throw error;
      }
      return 0;
    };
    return {
      emscriptenOpts: {
        ...emscriptenOpts,
        preRun: [
          (module) => {
            (module.NODEFS as unknown as { stream_ops: StreamOps }).stream_ops.fsync = fsync;
          },
          ...(emscriptenOpts.preRun ?? []),
        ],
      },
    };
  }
}

// With fdatasync or open_datasync `show fsync` says "on" and nothing reaches the disk: only plain fsync is passed on.
// BullMQ names its tables without their schema; the platform's own SQL is fully qualified.
const START_PARAMS = [
  ...PGlite.defaultStartParams
    .filter((param) => param !== '-F')
    .map((param) => (param.startsWith('search_path=') ? 'search_path=bullmq,public' : param)),
  '-c',
  'wal_sync_method=fsync',
];

/** `failed` must not return to PostgreSQL: after a failed fsync PGlite answers once with an error, then hangs. */
export function openPglite(dir: string, watch: FsyncWatch, options: PGliteOptions = {}): Promise<PGlite> {
  return PGlite.create({
    fs: new FsyncFS(dir, watch),
    startParams: START_PARAMS,
    postgresqlconf: ['shared_buffers=16MB'],
    ...options,
  });
}
