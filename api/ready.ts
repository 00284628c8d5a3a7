// What the parts say of themselves, as one answer: can this process serve?

/** A state that begins with it is worth a look; the part serves all the same. */
export const DEGRADED = 'degraded';

export const maySucceed = (checks: Record<string, string>): boolean =>
  Object.values(checks).every((state) => state === 'ok' || state.startsWith(DEGRADED));
