// What appliances answered to commands goes to whoever keeps the commands; what answers nothing that was asked is set
// aside like a message that cannot be read.
import type { Id, LogRecord, Notice } from '#contracts';
import type { LogBatch } from '#runtime';
import type { Judged } from './judge.ts';

/** A `command-result` record; `at` is its time of receipt, epoch ms. */
export type CommandAnswer = { position: number; appliance: Id; at: number; body: Uint8Array };
/** `payload` is as the appliance sent it. */
export type RefusedAnswer = { position: number; reason: string; payload: Uint8Array };
/** Takes them, also when they come again; returns those that answer nothing, each with its reason. Throws when it is to be asked again. */
export type TakeAnswers = (answers: readonly CommandAnswer[]) => Promise<RefusedAnswer[]>;

type SetAside = Pick<Judged, 'quarantined' | 'notices'>;

/** `toldBefore`: notices of records before this position went out already. */
export async function takeAnswers(
  take: TakeAnswers,
  batch: LogBatch,
  { now, toldBefore }: { now: number; toldBefore: number },
): Promise<SetAside> {
  const records = new Map<number, LogRecord>();
  for (const [index, record] of batch.records.entries())
    if (record.kind === 'command-result') records.set(batch.positions[index]!, record);
  if (records.size === 0) return { quarantined: [], notices: [] };
  const answers = [...records].map(([position, { appliance, at, body }]) => ({
    position,
    appliance: appliance as Id,
    at,
    body,
  }));
  const refused = await take(answers);
  return {
    quarantined: refused.map(({ position, reason, payload }) => {
      const { appliance, at: receivedAt, channel, model } = records.get(position)!;
      return { position, appliance: appliance as Id, receivedAt, channel, model, reason, payload };
    }),
    notices: refused
      .filter(({ position }) => position >= toldBefore)
      .map(({ position, reason }) => ({
        appliance: records.get(position)!.appliance as Id,
        notice: { code: 'rejected-message', at: now, reason } satisfies Notice,
      })),
  };
}
