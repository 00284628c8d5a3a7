// Notices down to appliances. One that is not listening gets its last few when it next subscribes: a device developer
// who publishes with a one-shot tool still learns why something was not taken.
import type { Id, Notice } from '#contracts';

const KEPT_PER_APPLIANCE = 10;
const KEPT_APPLIANCES = 10_000;

/** Sends to the appliance, or to the gateway that it stands behind; false when none of them is connected and listens. */
export type SendNow = (appliance: Id, payload: Buffer) => boolean;

export type Notices = {
  notify(appliance: Id, notice: Notice): void;
  /** For the next connection: this one is about to be cut, and what is written to it would be lost. */
  keep(appliance: Id, notice: Notice): void;
  subscribed(appliance: Id): void;
};

const asPayload = (notice: Notice): Buffer => Buffer.from(JSON.stringify(notice));

export function keepNotices(send: SendNow): Notices {
  const kept = new Map<Id, Buffer[]>();
  const keep = (appliance: Id, payload: Buffer): void => {
    const waiting = kept.get(appliance) ?? [];
    kept.delete(appliance);
    kept.set(appliance, [...waiting, payload].slice(-KEPT_PER_APPLIANCE));
    if (kept.size > KEPT_APPLIANCES) kept.delete(kept.keys().next().value!);
  };
  return {
    notify(appliance, notice) {
      const payload = asPayload(notice);
      if (!send(appliance, payload)) keep(appliance, payload);
    },
    keep: (appliance, notice) => keep(appliance, asPayload(notice)),
    subscribed(appliance) {
      const waiting = kept.get(appliance) ?? [];
      const sent = waiting.findIndex((payload) => !send(appliance, payload));
      if (sent < 0) kept.delete(appliance);
      else kept.set(appliance, waiting.slice(sent));
    },
  };
}
