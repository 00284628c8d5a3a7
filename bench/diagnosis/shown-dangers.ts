// Food in danger as the appliance's own thermometer shows it: what rules could know, wherever that thermometer hangs.
import type { DecodedMessage } from '#contracts';
import { DANGER_CELSIUS } from '#device-sim';
import { MINUTE } from '#runtime';
import type { Span } from './judged-life.ts';

const FOOD_TAU_MS = 90 * MINUTE;
/** °C: beyond this it is a broken sensor, not air. */
const POSSIBLE = { from: -20, to: 50 };

/** From the receipt of the message that shows it to the one that shows it over, or `until`. */
export class ShownDangers {
  readonly #spans: Span[] = [];
  #food = Number.NaN;
  #at = Number.NaN;
  /** NaN while there is none. What is warm when it is first heard was just put in. */
  #since = Number.NaN;
  #wasCold = false;

  take({ moments, receivedAt }: DecodedMessage): void {
    for (const { at, readings } of moments) {
      const air = readings.find(({ signal }) => signal === 'cabinet_temperature')?.value;
      if (typeof air !== 'number' || air < POSSIBLE.from || air > POSSIBLE.to || at <= this.#at) continue;
      this.#food = Number.isNaN(this.#food) ? air : air + (this.#food - air) * Math.exp((this.#at - at) / FOOD_TAU_MS);
      this.#at = at;
      this.#note(receivedAt);
    }
  }

  #note(receivedAt: number): void {
    if (this.#food <= DANGER_CELSIUS) {
      this.#wasCold = true;
      this.#end(receivedAt);
    } else if (this.#wasCold && Number.isNaN(this.#since)) this.#since = receivedAt;
  }

  #end(at: number): void {
    if (!Number.isNaN(this.#since)) this.#spans.push({ from: this.#since, until: at });
    this.#since = Number.NaN;
  }

  /** Those that lasted for `lastingMs`. */
  until(end: number, lastingMs: number): Span[] {
    this.#end(end);
    return this.#spans.filter(({ from, until }) => until - from >= lastingMs);
  }
}
