// The tables of the readings file, and the queries over them. A reading is found by appliance, signal and stamp; it may
// stand more than once, and the one with the highest position counts.

/** A point without a value is text: `text` has the row with the same four numbers. `progress` has one row. */
export const TABLES = `
  create table if not exists appliance (id integer not null, name varchar not null);
  create table if not exists signal (id integer not null, name varchar not null);
  create table if not exists point (
    appliance integer not null, signal integer not null, stamp bigint not null, value double, position bigint not null);
  create table if not exists text (
    appliance integer not null, signal integer not null, stamp bigint not null, value varchar not null,
    position bigint not null);
  create table if not exists progress (next bigint not null, compacted bigint not null);
  insert into progress select 0, 0 where not exists (from progress);
`;

/** $1 appliance, $2 signal, [$3, $4) stamps, $5 length of a bucket in ms. Stamps are never negative, so division rounds down. */
export const SERIES = `
  with latest as (
    select stamp, arg_max_null(value, position) as value from point
    where appliance = $1 and signal = $2 and stamp >= $3 and stamp < $4
    group by stamp)
  select (stamp // $5) * $5, avg(value), min(value), max(value), count(*)
  from latest where value is not null group by 1 order by 1`;

/** $1 appliance, [$2, $3) stamps, $4 how many stamps and one more: how many there are, and the last of them. */
export const READINGS_END = `
  select count(*), max(stamp) from (
    select distinct stamp from point where appliance = $1 and stamp >= $2 and stamp < $3 order by stamp limit $4)`;

/** $1 appliance, [$2, $3) stamps. */
export const READINGS = `
  with latest as (
    select signal, stamp, arg_max_null(value, position) as value, max(position) as position from point
    where appliance = $1 and stamp >= $2 and stamp < $3 group by signal, stamp),
  words as (
    select signal, stamp, position, any_value(value) as value from text
    where appliance = $1 and stamp >= $2 and stamp < $3 group by signal, stamp, position)
  select latest.stamp, signal.name, latest.value, words.value
  from latest join signal on signal.id = latest.signal
  left join words on latest.value is null and words.signal = latest.signal and words.stamp = latest.stamp
    and words.position = latest.position
  order by latest.stamp, signal.name`;

/** So many points are grouped and sorted at a time: the memory limit holds, however long the history is. */
const SLICE_POINTS = 1_000_000;
export const COMPACT_SLICES = `
  select (select count(*) // ${SLICE_POINTS} + 1 from point), (select count(*) from appliance)`;

export const COMPACT_BEGIN = `
  create table compact_point (
    appliance integer not null, signal integer not null, stamp bigint not null, value double, position bigint not null)`;

/** $1 and $2: first appliance of the slice, and first behind it. Slices follow each other, so the whole is sorted. */
export const COMPACT_SLICE = `
  insert into compact_point
  select appliance, signal, stamp, arg_max_null(value, position), max(position) from point
  where appliance >= $1 and appliance < $2
  group by appliance, signal, stamp order by appliance, signal, stamp`;

export const COMPACT_END = [
  `create table compact_text as
    select distinct text.* from text semi join compact_point using (appliance, signal, stamp, position)
    order by all`,
  'drop table point',
  'drop table text',
  'alter table compact_point rename to point',
  'alter table compact_text rename to text',
  'update progress set compacted = next',
];
