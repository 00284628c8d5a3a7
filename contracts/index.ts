// The door of contracts: shapes that cross a wire. Imports nothing of ours.
export {
  Evidence,
  Finding,
  FindingChange,
  Question,
  RankedCause,
  Remedy,
  Severity,
  SymptomState,
} from './findings.ts';
export {
  AlertOver,
  OutgoingMessage,
  ServiceRequest,
} from './handoffs.ts';
export {
  Alert,
  AlertState,
  AlertSummary,
  ApiScope,
  Appliance,
  Assign,
  CaseState,
  Change,
  Condition,
  CreatedAppliance,
  Fleet,
  Household,
  Iso,
  iso,
  isoOrNull,
  LatestValue,
  LogIn,
  ModelView,
  NewAnswer,
  NewAppliance,
  NewHousehold,
  NewPerson,
  NotificationView,
  Person,
  PickSlot,
  Preferences,
  Problem,
  page,
  QuarantinedMessage,
  Role,
  Series,
  SeriesQuery,
  ServiceCase,
  SetUp,
  Slot,
  Technician,
  TimelineEntry,
  Visit,
  VisitResult,
  VisitState,
} from './http.ts';
export {
  CreatedWebhook,
  NewWebhook,
  RotateWebhookSecret,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryState,
  WebhookEdit,
  WebhookEvent,
  WebhookReason,
  WebhookSecret,
} from './http-webhooks.ts';
export {
  Id,
  idOf,
  newId,
} from './ids.ts';
export {
  Sweep,
  WakeJob,
} from './jobs.ts';
export {
  ApplianceKind,
  Model,
} from './model.ts';
export {
  Notice,
  noticesTopic,
  parseDownTopic,
  parseUpTopic,
  ReadingGroup,
  TelemetryPayload,
  UP_CHANNELS,
  type UpChannel,
  upTopic,
} from './mqtt.ts';
export {
  compose,
  Language,
  Phrase,
  PhraseUnit,
  Quantity,
  type Reader,
  say,
  sayQuantity,
  TemperatureUnit,
} from './phrase.ts';
export type {
  DecodedMessage,
  Moment,
  SeriesPoint,
  SignalReading,
  SignalValue,
} from './readings.ts';
export {
  AnswerBody,
  DisconnectedBody,
  type LogRecord,
  RECORD_KINDS,
  type RecordKind,
} from './records.ts';
export {
  SIGNALS,
  type Signal,
  type SignalKind,
  type SignalUnit,
} from './signals.ts';
