// The door of diagnosis: readings become findings, and every finding can explain itself.
export { type Catalogue, loadCatalogue, parseRule } from './catalogue.ts';
export { type DiagnosisWorker, type DiagnosisWorkerDeps, startDiagnosisWorker } from './diagnosis-worker.ts';
export { createEvaluator, type Evaluator, type ToReadings } from './evaluator.ts';
export { diagnosisTables } from './record-findings.ts';
export type { History } from './second-looks.ts';
export { readSnapshot, type Snapshots, snapshotFiles, snapshotRows } from './snapshots.ts';
export { spreadSnapshot } from './spread-snapshot.ts';
