// The door of engines/bullmq: the Jobs port and the worker that runs what it asks for.
export type { JobsConnection } from './connection.ts';
export { type OpenJobs, openJobs } from './jobs.ts';
export { startJobsWorker } from './worker.ts';
