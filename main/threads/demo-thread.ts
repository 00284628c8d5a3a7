// The demo's appliances: they knock at the broker over the network like any other.
import { type MessagePort, workerData } from 'node:worker_threads';
import { type DeviceOptions, startDevice } from '#device-sim';
import { type ClockSpec, openClock } from '#runtime';
import { connect } from './wire.ts';

export type DemoAppliance = Omit<DeviceOptions, 'mqttUrl' | 'now' | 'rate' | 'live' | 'on'>;
export type DemoData = { main: MessagePort; clock: ClockSpec; mqttUrl: string; appliances: DemoAppliance[] };
export type DemoOffers = { start(): void; stop(): Promise<void> };

const data = workerData as DemoData;
const clock = openClock(data.clock);
const stack = new AsyncDisposableStack();

connect<object, DemoOffers>(data.main, {
  start() {
    const rate = data.clock.kind === 'scaled' ? data.clock.rate : 1;
    for (const appliance of data.appliances) {
      stack.use(startDevice({ ...appliance, mqttUrl: data.mqttUrl, now: () => clock.now(), rate }));
    }
  },
  stop: () => stack.disposeAsync(),
});
