// The door of field service: an alert that its owner cannot close becomes a fixed appliance.
export { acceptVisit, assign, type FieldServiceDeps, pickSlot, refuseVisit, slotsFor } from './act.ts';
export { finishVisit } from './finish-visit.ts';
export { type HandOverAct, handOverCase } from './hand-over.ts';
export { CASE_LIFE, type CaseEvent, VISIT_LIFE, type VisitEvent } from './life-cycles.ts';
export {
  caseById,
  caseHands,
  caseOfVisit,
  casesOfAlerts,
  countService,
  listCases,
  type PastVisit,
  pastVisitsOf,
  type VisitFinding,
  visitFindings,
  workOf,
} from './reading.ts';
export { technicianLoads } from './records.ts';
export { sweepFieldService } from './sweep-field-service.ts';
export { fieldServiceTables } from './tables.ts';
export { forgetNotesOf, technicianGone } from './technician-gone.ts';
export { forgetNotes } from './timeline.ts';
