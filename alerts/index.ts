// The door of alerts: findings become what people must know, and reach them.
export { type AskingAlert, acknowledge, answerRecord, requestService, snooze } from './acting.ts';
export { ALERT_LIFE, type AlertEvent } from './life-cycle.ts';
export { moveAlerts } from './move-alerts.ts';
export { actsOf, type MessageToPerson, messagesTo } from './own-data.ts';
export type { Mail, MailSender } from './ports.ts';
export {
  type AlertPlace,
  type AlertScope,
  type AlertSummaryView,
  type AlertView,
  alertById,
  alertPlace,
  listAlerts,
  type OpenAlert,
  type OpenAlertGroup,
  openAlertGroups,
  openAlertsOf,
  type PastAlert,
  pastAlertsOf,
  rulesOfAlerts,
} from './reading.ts';
export { type AlertsDeps, sweepAlerts } from './sweep-alerts.ts';
export { sweepNotifications } from './sweep-notifications.ts';
export { alertsTables } from './tables.ts';
export { forgetMessages, forgetMessagesTo } from './tell.ts';
