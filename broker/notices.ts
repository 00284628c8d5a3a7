// Notices down to appliances. One that is not listening gets its last few when it next subscribes: a device developer
// who publishes with a one-shot tool still learns why something was not taken.
import { type Id, type Notice, noticesTopic } from '#contracts';

const KEPT_PER_APPLIANCE = 10;
const KEPT_APPLIANCES = 10_000;

/** Sends on the open connection; false when the appliance is not connected or has not subscribed to the topic. */
export type SendNow = (appliance: Id, topic: string, payload: Buffer) => boolean;

export type Notices = { notify(appliance: Id, notice: Notice): void; subscribed(appliance: Id): void };

export function keepNotices(send: SendNow): Notices {
  const kept = new Map<Id, Buffer[]>();
  return {
    notify(appliance, notice) {
      const payload = Buffer.from(JSON.stringify(notice));
      if (send(appliance, noticesTopic(appliance), payload)) return;
      const waiting = kept.get(appliance) ?? [];
      kept.delete(appliance);
      kept.set(appliance, [...waiting, payload].slice(-KEPT_PER_APPLIANCE));
      if (kept.size > KEPT_APPLIANCES) kept.delete(kept.keys().next().value!);
    },
    subscribed(appliance) {
      const waiting = kept.get(appliance) ?? [];
      kept.delete(appliance);
      for (const payload of waiting) send(appliance, noticesTopic(appliance), payload);
    },
  };
}
