// What diagnosis held an appliance to be, as people see it: service sees every condition, a household plain words.
import {
  type Cohort,
  type ExplainedRule,
  type ExplainedSymptom,
  type Explanation,
  type Id,
  iso,
  isoOrNull,
  type LearnedUsual,
  type Phrase,
} from '#contracts';
import {
  driftQuantity,
  type Explained,
  levelQuantity,
  listCohorts,
  listOutliers,
  MEASURE_WORDS,
  type SymptomTold,
} from '#diagnosis-rules';
import { appliancesByIds, loadModels, nameFor } from '#registry';
import type { Sql } from '#runtime';

const SHOWN_CAUSE = 0.01;

export type Looked = { appliance: Id; at: number; explained: Explained };

/** `plain`: for the people at home. */
export function explanationView({ appliance, at, explained }: Looked, plain: boolean): Explanation {
  const { from, newestAt, fresh, notKept, rules, usual } = explained;
  return {
    appliance,
    at: iso(at),
    from: iso(from),
    readings: newestAt === null ? 'none' : fresh ? 'fresh' : 'old',
    newestAt: isoOrNull(newestAt),
    notKept: [...notKept],
    rules: rules.map((rule) => ruleView(rule, plain)),
    usual: usual.map(learnedView),
  };
}

function ruleView(rule: Explained['rules'][number], plain: boolean): ExplainedRule {
  const { openedAt, finding, causes, symptoms } = rule;
  const shown = plain ? symptoms.filter(tellsSomething) : symptoms;
  return {
    ...rule,
    openedAt: isoOrNull(openedAt),
    finding: finding && { ...finding, openedAt: iso(finding.openedAt) },
    causes: causes.filter(({ probability }) => probability >= SHOWN_CAUSE),
    symptoms: shown.map((symptom) => symptomView(symptom, plain)),
  };
}

/** It is there, is about to be, or would make the problem. */
const tellsSomething = ({ state, opens }: SymptomTold): boolean =>
  state === 'present' || state === 'pending' || (opens !== null && state === 'absent');

const symptomView = (symptom: SymptomTold, plain: boolean): ExplainedSymptom => ({
  ...symptom,
  since: isoOrNull(symptom.since),
  ...(plain ? { when: [], unless: [] } : {}),
});

const measureWords = (measure: string): Phrase =>
  MEASURE_WORDS[measure as keyof typeof MEASURE_WORDS] ?? { en: measure, zh: measure };

const learnedView = (learned: Explained['usual'][number]): LearnedUsual => ({
  measure: learned.measure,
  name: measureWords(learned.measure),
  days: learned.days,
  ofModel: learned.days === 0,
  level: levelQuantity(learned.measure, learned.level),
  drift: driftQuantity(learned, learned.drift),
  certain: driftQuantity(learned, learned.certain),
});

/** Outliers are the organisation's own appliances. */
export async function cohortViews(sql: Sql, organisation: Id): Promise<Cohort[]> {
  const [cohorts, outliers] = await Promise.all([listCohorts(sql), listOutliers(sql)]);
  const known = await appliancesByIds(sql, [...new Set(outliers.map(({ appliance }) => appliance))]);
  return cohorts.map(({ model, at, appliances, usual }) => ({
    model,
    name: loadModels().get(model)?.name ?? { en: model, zh: model },
    since: iso(at),
    appliances,
    usual: Object.entries(usual).map(([measure, { median, spread }]) => ({
      measure,
      name: measureWords(measure),
      median: levelQuantity(measure, median),
      spread: levelQuantity(measure, spread),
    })),
    outliers: outliers.flatMap(({ appliance, model: of, measure, level }) => {
      const record = known.get(appliance);
      if (of !== model || record?.organisation !== organisation) return [];
      const name = nameFor(record, record.household?.id ?? null);
      return [{ appliance, name, measure, level: levelQuantity(measure, level) }];
    }),
  }));
}
