// Findings as rows, and the rows that the alerts stage takes: one transaction with the consumer's position, as long as the
// partition is its own.
import type { Finding, FindingChange } from '#contracts';
import { type Lease, type Migration, put, type Sql, saveCheckpoint } from '#runtime';
import { backtestTables } from './backtest/tables.ts';
import { cohortTables } from './cohorts/tables.ts';
import { lateTable } from './late.ts';
import { versionTables } from './versions/tables.ts';

export const diagnosisTables: readonly Migration[] = [
  {
    name: 'diagnosis-rules/001-finding',
    statements: [
      `create table app.finding (
         id uuid primary key,
         appliance uuid not null,
         problem text not null,
         state text not null,
         opened_at bigint not null,
         closed_at bigint,
         body jsonb not null)`,
      'create index finding_appliance on app.finding (appliance, opened_at desc)',
    ],
  },
  {
    name: 'diagnosis-rules/002-snapshot',
    statements: [
      'create table app.diagnosis_snapshot (partition int primary key, position bigint not null, state bytea not null)',
    ],
  },
  lateTable,
  versionTables,
  {
    name: 'diagnosis-rules/005-trial-finding',
    statements: [
      `create table app.trial_finding (
         id uuid not null,
         version int not null,
         rule text not null,
         appliance uuid not null,
         state text not null,
         opened_at bigint not null,
         closed_at bigint,
         body jsonb not null,
         primary key (id, version))`,
      'create index trial_finding_rule on app.trial_finding (rule, version, opened_at)',
    ],
  },
  cohortTables,
  backtestTables,
];

/** Of a version on silent trial: looked at by engineers, and by nobody else. */
async function keepTrial(tx: Sql, finding: Finding): Promise<void> {
  const { id, rule, appliance, state, openedAt, closedAt } = finding;
  await tx.query(
    `insert into app.trial_finding (id, version, rule, appliance, state, opened_at, closed_at, body)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (id, version) do update set state = excluded.state, closed_at = excluded.closed_at, body = excluded.body`,
    [id, rule.version, rule.id, appliance, state, openedAt, closedAt, JSON.stringify(finding)],
  );
}

/** `also`: part of the same transaction. Throws `lease-lost` when the partition is another's now: nothing is recorded then. */
export async function recordFindings(
  sql: Sql,
  lease: Lease,
  {
    changes,
    position,
    also,
  }: { changes: readonly FindingChange[]; position: number; also?: (tx: Sql) => Promise<void> },
): Promise<void> {
  await sql.transaction(async (tx) => {
    await saveCheckpoint(tx, lease, position);
    await also?.(tx);
    for (const change of changes) {
      const { finding, trial } = change;
      if (trial) {
        await keepTrial(tx, finding);
        continue;
      }
      await tx.query(
        `insert into app.finding (id, appliance, problem, state, opened_at, closed_at, body)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (id) do update set state = excluded.state, closed_at = excluded.closed_at, body = excluded.body`,
        [
          finding.id,
          finding.appliance,
          finding.problem,
          finding.state,
          finding.openedAt,
          finding.closedAt,
          JSON.stringify(finding),
        ],
      );
      await put(tx, 'finding', { id: change.id, key: finding.appliance, body: change });
    }
  });
}
