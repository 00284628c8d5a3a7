// The order in which severities are dealt with.
import type { Severity } from '#contracts';

export const URGENCY = { critical: 0, warning: 1, notice: 2 } as const satisfies Record<Severity, number>;
