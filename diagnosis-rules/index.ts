// The door of diagnosis: readings become findings, and every finding can explain itself.
export { type FoundPair, foundPairs } from './backtest/findings.ts';
export { type Heard, NOT_IN_HISTORY } from './backtest/history.ts';
export { BACKTEST_LIFE, type BacktestEvent } from './backtest/life-cycle.ts';
export {
  askBacktest,
  type BacktestRecord,
  backtestById,
  forgetBacktests,
  interruptBacktest,
  listBacktests,
  resumeBacktest,
  type TriedAppliance,
  type TriedRule,
} from './backtest/records.ts';
export { backtestLines, backtestResult, fileHead, fileLine } from './backtest/result.ts';
export { type Backtests, openBacktests } from './backtest/run-backtests.ts';
export { rememberedCauseNames, type TrialReport, trialReport } from './backtest/trial.ts';
export { type Catalogue, loadCatalogue, parseRule } from './catalogue.ts';
export { deliverCohorts } from './cohorts/deliver-cohorts.ts';
export { keepLevels } from './cohorts/keep-levels.ts';
export { type CohortRecord, knownCohorts, listCohorts, listOutliers, type Outlier } from './cohorts/known-cohorts.ts';
export { type DiagnosisWorker, type DiagnosisWorkerDeps, startDiagnosisWorker } from './diagnosis-worker.ts';
export { createEvaluator, type Evaluator, type EvaluatorOptions, type ToReadings } from './evaluator.ts';
export { driftQuantity, levelQuantity } from './explain/amounts.ts';
export type { RuleTold, SymptomTold } from './explain/explain-rule.ts';
export { type Explained, type Explainer, type ExplainerDeps, openExplainer } from './explain/explainer.ts';
export { FEATURE_WORDS, featureNames, MEASURE_WORDS } from './feature-words.ts';
export { judgeLife, type LifeOptions, startLife, type ToldLife } from './life.ts';
export { diagnosisTables } from './record-findings.ts';
export { codesOf, type ReportMeaning, reportMeanings } from './reports/report-words.ts';
export type { History } from './second-looks.ts';
export { readSnapshot, type Snapshots, snapshotFiles, snapshotRows } from './snapshots.ts';
export { spreadSnapshot } from './spread-snapshot.ts';
export { testResultOf } from './test-results.ts';
export { checkRule, RuleMistakes, refuseMistakes, whereIs } from './versions/check.ts';
export { changesBetween, linesBetween } from './versions/compare.ts';
export { VERSION_LIFE, type VersionEvent } from './versions/life-cycle.ts';
export { currentRules, deliverRules, judgedRules } from './versions/publication.ts';
export { type Draft, editDraft, type Move, moveVersion, writeDraft } from './versions/publish.ts';
export {
  listRuleVersions,
  type RuleMoveRow,
  type RuleVersionRecord,
  type RuleVersionWithText,
  ruleMoves,
  ruleVersion,
} from './versions/records.ts';
export { type JudgedVisit, reportCards } from './versions/report-card.ts';
export { ruleFiles, shipRules } from './versions/ship.ts';
