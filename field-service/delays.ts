// How long each step may take, in one place, each with its reason.
import { DAY, HOUR, MINUTE } from '#runtime';

/** Somebody waits at a warm fridge: half an hour, then the next technician is asked. */
export const RESPONSE_MS = 30 * MINUTE;

/** Until somebody accepts. */
export const REMIND_EVERY_MS = 10 * MINUTE;

/** Dispatchers, until the visit is accepted: often enough not to be forgotten, seldom enough to be read. */
export const ESCALATION_EVERY_MS = 30 * MINUTE;

/** A repaired fridge needs hours to cool down; after a day without proof it was not repaired. */
export const PROOF_MS = DAY;

/** After the end of the agreed time: so long a technician on site may need to report, when it recovers meanwhile. */
export const REPORT_MS = 2 * HOUR;
