// What a simulated refrigerator does when it is asked.
import type { Acts } from './obedience.ts';
import type { Inputs } from './refrigerator.ts';
import type { Values } from './sense.ts';

/** What the panel, or a command in its place, has set. Read by the simulation as it goes on. */
export type Controls = { setPoint: number | null };

export type Body = {
  controls: Controls;
  /** What the machine meets inside itself now. */
  inspect(): Pick<Inputs, 'compressorStarts' | 'fanWorks' | 'defrostHeats'>;
  /** As it was measured last. */
  newest(): Values;
  /** Hands over what waits. */
  publishNow(): void;
  /** Once this is answered it starts anew. */
  restart(): void;
};

export const refrigeratorActs = ({ controls, inspect, newest, publishNow, restart }: Body): Acts => ({
  'report-now': () => {
    publishNow();
    return { outcome: 'done', values: newest() };
  },
  'self-test': () => {
    const { compressorStarts, fanWorks, defrostHeats } = inspect();
    const values = { compressor_starts: compressorStarts, fan_turns: fanWorks, defrost_heater_heats: defrostHeats };
    const broken = Object.keys(values).filter((name) => !values[name as keyof typeof values]);
    const detail = broken.length === 0 ? 'all parts work' : `does not work: ${broken.join(', ')}`;
    return { outcome: 'done', detail, values };
  },
  identify: ({ by }) => ({
    outcome: 'done',
    detail: by === 'sound' ? 'beeped for ten seconds' : 'blinked for ten seconds',
  }),
  'set-point': ({ set_point: setPoint }) => {
    if (typeof setPoint !== 'number') return { outcome: 'refused', detail: 'set_point is missing' };
    controls.setPoint = setPoint;
    return { outcome: 'done', values: { set_point: setPoint } };
  },
  restart: () => {
    restart();
    return { outcome: 'done' };
  },
});
