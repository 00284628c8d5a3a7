// The tables of the readings file, and the queries over them. A reading is found by appliance, signal and stamp; it may
// stand more than once, and the one with the highest position counts.
import { ROLLUP_MS } from '#contracts';
import { HOUR } from '#runtime';

/** A point without a value is text: `text` has the row with the same four numbers. `progress` has a row for each partition. */
export const TABLES = `
  create table if not exists appliance (id integer not null, name varchar not null);
  create table if not exists signal (id integer not null, name varchar not null);
  create table if not exists point (
    appliance integer not null, signal integer not null, stamp bigint not null, value double, position bigint not null);
  create table if not exists text (
    appliance integer not null, signal integer not null, stamp bigint not null, value varchar not null,
    position bigint not null);
  create table if not exists progress (next bigint not null, compacted bigint not null);
  alter table progress add column if not exists partition integer default 0;
  create table if not exists rollup (
    appliance integer not null, signal integer not null, start bigint not null,
    total double not null, least double not null, most double not null, count bigint not null, last double not null);
  create table if not exists forgotten (raw_before bigint not null);
  insert into forgotten select 0 where not exists (from forgotten);
`;

/** `due` came with the roll-ups: in a file that is older everything waits to be rolled up. */
export const HAS_DUE_TABLE = "select 1 from information_schema.tables where table_name = 'due'";
export const DUE_TABLE = [
  'create table due (hour bigint not null, appliance integer not null)',
  `insert into due select distinct (stamp // ${HOUR}) * ${HOUR}, appliance from point`,
];

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

/** $1 appliance, $2 signal, [$3, $4) stamps, $5 length of a bucket in ms. A roll-up stands in the bucket that it begins in. */
export const ROLLED_UP = `
  select (start // $5) * $5, sum(total) / sum(count), min(least), max(most), sum(count)
  from rollup where appliance = $1 and signal = $2 and start >= $3 and start < $4
  group by 1 order by 1`;

/** $1 appliance, [$2, $3) stamps. */
export const ROLLUPS = `
  select rollup.start, signal.name, total / count, least, most, count, last
  from rollup join signal on signal.id = rollup.signal
  where appliance = $1 and start >= $2 and start < $3
  order by rollup.start, signal.name`;

/** [$1, $2) stamps, [$3, $4] appliances. */
export const COUNT = `
  select count(*) from (
    select distinct appliance, signal, stamp from point
    where stamp >= $1 and stamp < $2 and appliance between $3 and $4)`;

/** An hour of some appliances: the numbers between the first and the last that are due. */
export type Slice = { hour: number; appliances: readonly number[] };

/** $1 and $2: begin of the hour and end; $3 and $4: first and last appliance. */
const OF_SLICE = `stamp >= $1 and stamp < $2 and appliance between $3 and $4
  and appliance in (select appliance from due where hour = $1)`;

export const SLICE = {
  begin: `create or replace temp table slice (
    appliance integer, signal integer, stamp bigint, value double, position bigint)`,
  rewrite: [
    `insert into slice
      select appliance, signal, stamp, arg_max_null(value, position), max(position) from point
      where ${OF_SLICE} group by appliance, signal, stamp order by appliance, signal, stamp`,
    `create or replace temp table words as
      select distinct text.* from text semi join slice using (appliance, signal, stamp, position)
      where ${OF_SLICE}`,
    `delete from point where ${OF_SLICE}`,
    `delete from text where ${OF_SLICE}`,
    `delete from rollup where start >= $1 and start < $2 and appliance between $3 and $4
      and appliance in (select appliance from due where hour = $1)`,
  ],
  end: [
    'insert into point select * from slice order by appliance, signal, stamp',
    'insert into text select * from words order by all',
    `insert into rollup
      select appliance, signal, (stamp // ${ROLLUP_MS}) * ${ROLLUP_MS} as start,
        sum(value), min(value), max(value), count(*), arg_max(value, stamp)
      from slice where value is not null group by all order by appliance, signal, start`,
    'drop table slice',
    'drop table words',
  ],
  done: 'delete from due where hour >= $1 and hour < $2 and appliance between $3 and $4',
};

/** $1: the horizon. */
export const OLDEST = {
  point: 'select min(stamp) from point where stamp < $1',
  text: 'select min(stamp) from text where stamp < $1',
  rollup: 'select min(start) from rollup where start < $1',
};
/** Where raw readings begin: what comes later than that for an hour before it cannot be added to its roll-up any more. */
export const RAW_BEFORE = 'select raw_before from forgotten';
export const SET_RAW_BEFORE = 'update forgotten set raw_before = $1 where raw_before < $1';
export const HAS_DUE = 'select min(hour) from due where hour < $1';

/** $1: what begins before it goes. */
export const FORGET = {
  point: 'delete from point where stamp < $1',
  text: 'delete from text where stamp < $1',
  rollup: 'delete from rollup where start < $1',
};
