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

type Place = { position: number; appliance: Id };

/** Every position from `oldest` on that `placeOf` will be asked for. */
export const POSITIONS_KEPT: readonly string[] = ['app.quarantine', 'app.ledger_refused'];

/** Messages that are heard again must be known by their new position, or they would be set aside twice. */
export async function movePositions(tx: Sql, move: Move): Promise<void> {
  await moveLatest(tx, move);
  // One that is being tried again is named by its position in the log.
  const aside = await tx.query<Place>(
    'select position, appliance from app.quarantine where position >= $1 and attempt = 0 order by position desc',
    [move.oldest],
  );
  for (const place of aside) {
    await tx.query('update app.quarantine set position = $2 where position = $1', [
      place.position,
      newPlace(place, move),
    ]);
  }
  const refused = await tx.query<Place>(
    'select distinct position, appliance from app.ledger_refused where position >= $1 order by position desc',
    [move.oldest],
  );
  for (const place of refused) {
    await tx.query('update app.ledger_refused set position = $2 where position = $1', [
      place.position,
      newPlace(place, move),
    ]);
  }
  // Where each partition was counted to is not known: the hour of the move counts as not known too.
  await tx.query('delete from app.ledger_partition');
}

const newPlace = ({ position, appliance }: Place, { partitions, placeOf }: Move): number =>
  placeOf(partitionOf(appliance, partitions), position);

async function moveLatest(tx: Sql, { partitions }: Move): Promise<void> {
  const heard = await tx.query<{ appliance: Id }>('select appliance from app.latest');
  for (let first = 0; first < heard.length; first += AT_ONCE) {
    const some = heard.slice(first, first + AT_ONCE).map(({ appliance }) => appliance);
    await tx.query(
      `update app.latest l set partition = m.partition
         from unnest($1::uuid[], $2::int[]) as m (appliance, partition) where l.appliance = m.appliance`,
      [some, some.map((appliance) => partitionOf(appliance, partitions))],
    );
  }
}
