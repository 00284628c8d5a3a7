// What became of each sick appliance: how often it was found, told, taken up. Held against a run that nothing disturbed.
import type { Id } from '#contracts';
import type { Sql } from '#runtime';

const PROBLEM = 'refrigerator-cooling';

export type Outcome = { findings: number; alerts: number; cases: number; visits: number; firstMessages: number };

const COUNTS: Record<keyof Outcome, string> = {
  findings: 'select appliance, count(*)::int as n from app.finding where problem = $1 group by appliance',
  alerts: 'select appliance, count(*)::int as n from app.alert where problem = $1 group by appliance',
  cases: `select c.appliance, count(*)::int as n from app.service_case c join app.alert a on a.id = c.alert
     where a.problem = $1 group by c.appliance`,
  visits: `select c.appliance, count(*)::int as n from app.visit v join app.service_case c on c.id = v.case_id
     join app.alert a on a.id = c.alert where a.problem = $1 group by c.appliance`,
  firstMessages: `select a.appliance, count(*)::int as n from app.notification n join app.alert a on a.id = n.alert
     where a.problem = $1 and n.kind = 'opened' and n.state = 'sent' group by a.appliance`,
};

export async function outcomesOf(sql: Sql): Promise<Map<Id, Outcome>> {
  const outcomes = new Map<Id, Outcome>();
  for (const [what, text] of Object.entries(COUNTS) as [keyof Outcome, string][]) {
    for (const { appliance, n } of await sql.query<{ appliance: Id; n: number }>(text, [PROBLEM])) {
      const outcome = outcomes.get(appliance) ?? { findings: 0, alerts: 0, cases: 0, visits: 0, firstMessages: 0 };
      outcomes.set(appliance, { ...outcome, [what]: n });
    }
  }
  return outcomes;
}

/** "1 finding, 1 alert, ...": how many appliances fared so. */
export function tally(outcomes: Iterable<Outcome>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) {
    const words = Object.entries(outcome)
      .map(([what, n]) => `${n} ${what}`)
      .join(', ');
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return counts;
}
