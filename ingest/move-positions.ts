// For a platform that moves from a log of one partition to one of several: what ingest keeps by partition and by position.
import type { Id } from '#contracts';
import { partitionOf, type Sql } from '#runtime';

const AT_ONCE = 1_000;

export type Move = {
  /** The copied log begins there; what lies before is heard no more. */
  oldest: number;
  partitions: number;
  /** Where the record at an old position stands in the new log. */
  placeOf: (partition: number, position: number) => number;
};

/** Messages that are heard again must be known by their new position, or they would be set aside twice. */
export async function movePositions(tx: Sql, { oldest, partitions, placeOf }: Move): Promise<void> {
  const heard = await tx.query<{ appliance: Id }>('select appliance from app.latest');
  for (let first = 0; first < heard.length; first += AT_ONCE) {
    const some = heard.slice(first, first + AT_ONCE).map(({ appliance }) => appliance);
    await tx.query(
      `update app.latest l set partition = m.partition
         from unnest($1::uuid[], $2::int[]) as m (appliance, partition) where l.appliance = m.appliance`,
      [some, some.map((appliance) => partitionOf(appliance, partitions))],
    );
  }
  const aside = await tx.query<{ position: number; appliance: Id }>(
    'select position, appliance from app.quarantine where position >= $1',
    [oldest],
  );
  for (const { position, appliance } of aside) {
    const place = placeOf(partitionOf(appliance, partitions), position);
    await tx.query('update app.quarantine set position = $2 where position = $1', [position, place]);
  }
}
