/** Limits protect the machine, which lives in real time; the platform's clock may run faster, stand or jump. Milliseconds. */
export const steadyNow = (): number => performance.now();
