// Counts that must balance. Hours and days are UTC, by their first millisecond.
import type { Migration } from '#runtime';

/**
 * `ledger_door`: messages that the door of one broker process (`ledger_door_session`) acknowledged, by hour of receipt;
 * totals, so that writing them again changes nothing. `ledger_hour`: what the consumer made of them. `ledger_day`: readings
 * that the store must hold, by day of their stamp. `ledger_refused`: of these, what the store said that it will never take.
 * `ledger_kept`: rows that must stand in quarantine. `ledger_past`: hours that balanced, added up. `ledger_partition`: how
 * far the consumer has counted, and up to which stamp the store may hold what it never counted.
 */
export const ledgerTables: Migration = {
  name: 'ingest/006-ledger',
  statements: [
    `create table app.ledger_door_session (
       id uuid primary key,
       broker text not null,
       opened_at bigint not null,
       counted_to bigint not null,
       hour_to bigint not null,
       hour_to_at bigint not null,
       flushed_at bigint not null,
       ended text,
       ended_at bigint)`,
    `create table app.ledger_door (
       session uuid not null references app.ledger_door_session on delete cascade,
       appliance uuid not null,
       hour bigint not null,
       messages bigint not null,
       unsure bigint not null,
       primary key (session, appliance, hour))`,
    'create index ledger_door_hour on app.ledger_door (hour)',
    `create table app.ledger_hour (
       appliance uuid not null,
       hour bigint not null,
       decoded bigint not null default 0,
       quarantined bigint not null default 0,
       commands bigint not null default 0,
       replayed bigint not null default 0,
       readings bigint not null default 0,
       repeated bigint not null default 0,
       late bigint not null default 0,
       rejected bigint not null default 0,
       primary key (hour, appliance))`,
    `create table app.ledger_day (
       appliance uuid not null,
       day bigint not null,
       fresh bigint not null default 0,
       late bigint not null default 0,
       newest bigint not null,
       checked_fresh bigint,
       checked_late bigint,
       primary key (appliance, day))`,
    'create index ledger_day_day on app.ledger_day (day)',
    `create table app.ledger_refused (
       position bigint not null,
       signal text not null,
       at bigint not null,
       appliance uuid not null,
       primary key (position, signal, at))`,
    'create index ledger_refused_appliance on app.ledger_refused (appliance, at)',
    `create table app.ledger_kept (
       appliance uuid not null,
       day bigint not null,
       messages bigint not null,
       primary key (appliance, day))`,
    `insert into app.ledger_kept (appliance, day, messages)
     select appliance, received_at - received_at % 86400000, count(*) from app.quarantine group by 1, 2`,
    `create table app.ledger_past (
       day bigint primary key,
       received bigint not null,
       decoded bigint not null,
       quarantined bigint not null,
       commands bigint not null,
       replayed bigint not null,
       readings bigint not null,
       repeated bigint not null,
       late bigint not null,
       rejected bigint not null)`,
    `create table app.ledger_partition (
       partition int primary key,
       position bigint not null,
       counted_until bigint not null,
       begun_at bigint not null,
       unknown_to bigint not null)`,
    `create table app.ledger_alarm (
       id uuid primary key,
       balance text not null,
       appliance uuid not null,
       span_from bigint not null,
       span_to bigint not null,
       expected_low bigint not null,
       expected_high bigint not null,
       found bigint not null,
       raised_at bigint not null,
       seen_at bigint not null,
       over_at bigint,
       settled boolean not null default false,
       unique (balance, appliance, span_from))`,
    'create index ledger_alarm_standing on app.ledger_alarm (balance) where over_at is null',
    'create table app.ledger_check (balance text primary key, at bigint not null, checked bigint not null)',
  ],
};
