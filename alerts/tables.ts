// Tables of alerts: what people must know, and what they were told.
import { homeOrganisation } from '#registry';
import type { Migration } from '#runtime';

export const alertsTables: readonly Migration[] = [
  {
    name: 'alerts/001-alert',
    statements: [
      // opened_at and closed_at are event times; taken_at, changed_at and all clocks are platform time.
      `create table app.alert (
         id uuid primary key,
         appliance uuid not null,
         household uuid,
         problem text not null,
         finding_id uuid not null,
         finding jsonb not null,
         severity text not null,
         state text not null,
         silent boolean not null default false,
         opened_at bigint not null,
         closed_at bigint,
         taken_at bigint not null,
         changed_at bigint not null,
         pace text not null,
         pace_since bigint not null,
         remind_at bigint,
         hand_over_at bigint,
         wake_at bigint,
         reminded_at bigint,
         handed_over_at bigint,
         told jsonb,
         messages int not null default 0)`,
      `create unique index alert_one_open on app.alert (appliance, problem)
        where state in ('open', 'acknowledged', 'snoozed')`,
      'create index alert_finding on app.alert (finding_id)',
      'create index alert_newest on app.alert (opened_at desc, id desc)',
      'create index alert_household on app.alert (household, opened_at desc, id desc)',
      `create index alert_due on app.alert (least(remind_at, hand_over_at, wake_at))
        where state in ('open', 'acknowledged', 'snoozed')`,
      // What became of an alert and who made it so, append only.
      `create table app.alert_event (
         position bigint generated always as identity primary key,
         alert uuid not null references app.alert,
         at bigint not null,
         what text not null,
         by uuid)`,
      'create index alert_event_alert on app.alert_event (alert, position)',
      // Words are kept as phrases and rendered when sent: the person's language, units and address of that moment count.
      `create table app.notification (
         id uuid primary key,
         position bigint generated always as identity,
         alert uuid,
         person uuid not null,
         kind text not null,
         subject jsonb not null,
         lines jsonb not null,
         path text not null,
         state text not null,
         reason text,
         created_at bigint not null,
         send_at bigint not null,
         claimed_until bigint not null default 0,
         attempts int not null default 0,
         settled_at bigint)`,
      "create index notification_waiting on app.notification (send_at, position) where state = 'waiting'",
      'create index notification_alert on app.notification (alert, position)',
    ],
  },
  {
    name: 'alerts/002-organisation',
    statements: [
      'alter table app.alert add column organisation uuid',
      'create index alert_by_organisation on app.alert (organisation, opened_at desc, id desc)',
    ],
    // Before there were organisations everything was the home organisation's.
    run: async (tx) => {
      await tx.query('update app.alert set organisation = $1', [(await homeOrganisation(tx)).id]);
      await tx.query('alter table app.alert alter column organisation set not null');
    },
  },
  {
    name: 'alerts/003-no-names',
    statements: [
      // Whose name stands in the place of {person} when the message is rendered.
      'alter table app.notification add column about uuid',
      `update app.notification set subject = '{"en":"A technician will come to you","zh":"技术人员将为您上门"}'
        where kind = 'visit-accepted'`,
    ],
  },
];
