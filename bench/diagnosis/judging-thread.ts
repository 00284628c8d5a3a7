// A thread that judges one life after the other.
import { parentPort, workerData } from 'node:worker_threads';
import { loadCatalogue } from '#diagnosis-rules';
import type { LifeSpec } from './drawn-life.ts';
import { judgeSpec } from './judging.ts';

const { leaveOut } = workerData as { leaveOut: boolean };
const rules = loadCatalogue();

parentPort!.on('message', (spec: LifeSpec) => {
  parentPort!.postMessage(judgeSpec(spec, rules, leaveOut));
});
