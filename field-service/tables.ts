// Tables of field service: cases, their visits, who was asked, and one timeline per case.
import { homeOrganisation } from '#registry';
import type { Migration } from '#runtime';
import { sealPlainNotes } from './seal-plain-notes.ts';

export const fieldServiceTables: readonly Migration[] = [
  {
    name: 'field-service/001-case',
    statements: [
      `create table app.service_case (
         id uuid primary key,
         alert uuid not null unique,
         appliance uuid not null,
         household uuid,
         request jsonb not null,
         state text not null,
         opened_at bigint not null,
         closed_at bigint,
         due_at bigint)`,
      'create index service_case_newest on app.service_case (opened_at desc, id desc)',
      'create index service_case_household on app.service_case (household, opened_at desc, id desc)',
      "create index service_case_live on app.service_case (opened_at) where state <> 'closed'",
      'create index service_case_appliance on app.service_case (appliance)',
      // due_at: the next reminder or the end of the technician's time to answer. escalation_due_at: the dispatchers' next reminder.
      `create table app.visit (
         id uuid primary key,
         case_id uuid not null references app.service_case,
         ordinal int not null,
         state text not null,
         technician uuid,
         skill text not null,
         parts jsonb not null,
         slot_start bigint,
         slot_end bigint,
         response_due_at bigint,
         reminders int not null default 0,
         due_at bigint,
         escalated_at bigint,
         escalation_due_at bigint,
         opened_at bigint not null,
         finished_at bigint,
         result jsonb,
         unique (case_id, ordinal))`,
      `create index visit_technician on app.visit (technician) where technician is not null`,
      `create index visit_due on app.visit (least(due_at, escalation_due_at)) where state in ('unassigned', 'offered')`,
      `create table app.visit_offer (
         visit uuid not null references app.visit,
         ordinal int not null,
         technician uuid not null,
         offered_at bigint not null,
         outcome text,
         primary key (visit, ordinal))`,
      `create table app.case_event (
         position bigint generated always as identity primary key,
         case_id uuid not null references app.service_case,
         at bigint not null,
         what text not null,
         text jsonb not null,
         by uuid,
         about uuid)`,
      'create index case_event_case on app.case_event (case_id, position)',
      // The end of an alert may be heard before the request that it ends.
      'create table app.alert_end (alert uuid primary key, how text not null, at bigint not null)',
    ],
  },
  {
    name: 'field-service/002-organisation',
    statements: [
      // organisation: the brand that looks after the appliance. partner: the firm that a case was handed to.
      'alter table app.service_case add column organisation uuid',
      'alter table app.service_case add column partner uuid',
      'create index service_case_organisation on app.service_case (organisation, opened_at desc, id desc)',
      'create index service_case_partner on app.service_case (partner, opened_at desc, id desc) where partner is not null',
    ],
    // Before there were organisations everything was the home organisation's.
    run: async (tx) => {
      await tx.query('update app.service_case set organisation = $1', [(await homeOrganisation(tx)).id]);
      await tx.query('alter table app.service_case alter column organisation set not null');
    },
  },
  {
    name: 'field-service/003-sealed-notes',
    statements: [
      'alter table app.case_event add column note_key uuid',
      'alter table app.case_event add column note_sealed text',
    ],
    run: sealPlainNotes,
  },
];
