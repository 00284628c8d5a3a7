// What diagnosis remembers of a log with one partition, for a log with several: each appliance goes where its records go.
import { deserialize, serialize } from 'node:v8';
import type { Id } from '#contracts';
import { partitionOf, type Sql } from '#runtime';

type Remembered = { appliances: Map<Id, unknown>; lines?: Map<Id, string> };

/** By partition. What is not of one appliance, as the time that passed, every partition knows. */
export function spreadState(state: Buffer, partitions: number): Buffer[] {
  const whole = deserialize(state) as Remembered;
  const parts = Array.from({ length: partitions }, () => new Map<Id, unknown>());
  for (const [id, memory] of whole.appliances) parts[partitionOf(id, partitions)]!.set(id, memory);
  const lines = Array.from({ length: partitions }, () => new Map<Id, string>());
  for (const [id, broker] of whole.lines ?? []) lines[partitionOf(id, partitions)]!.set(id, broker);
  return parts.map((appliances, partition) => serialize({ ...whole, appliances, lines: lines[partition] }));
}

/** `positions[i]`: where the snapshot stands in partition i of the new log. */
export async function spreadSnapshot(
  tx: Sql,
  { state, positions }: { state: Buffer; positions: readonly number[] },
): Promise<void> {
  for (const [partition, part] of spreadState(state, positions.length).entries()) {
    await tx.query('insert into app.diagnosis_snapshot (partition, position, state) values ($1, $2, $3)', [
      partition,
      positions[partition],
      part,
    ]);
  }
}
