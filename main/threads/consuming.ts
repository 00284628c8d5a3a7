// How the consumers of this thread get on.
type Consumer = { caughtUp(): Promise<boolean>; lagMs(): Promise<number> };

/** Everything that is in the log now has been taken. */
export async function caughtUp(consumers: readonly Consumer[]): Promise<boolean> {
  return (await Promise.all(consumers.map((consumer) => consumer.caughtUp()))).every(Boolean);
}

/** Of the one that is most behind. */
export async function lagMs(consumers: readonly Consumer[]): Promise<number> {
  return Math.max(0, ...(await Promise.all(consumers.map((consumer) => consumer.lagMs()))));
}
