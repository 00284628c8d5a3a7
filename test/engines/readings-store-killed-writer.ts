// A process that writes as the readings worker does, from its checkpoint on, and says what was acknowledged, until it is killed.
import * as fs from 'node:fs';
import { openDuckdbReadings } from '#engines/duckdb';

export const KILLED_APPLIANCE = '01890a5d-ac96-774b-bcce-b302099a8057';
/** Length of a message in the log. */
export const STEP = 230;
const MESSAGES_PER_BATCH = 300;

async function writeFrom(file: string): Promise<never> {
  const store = await openDuckdbReadings({ file });
  for (let position = await store.checkpoint(); ; position += MESSAGES_PER_BATCH * STEP) {
    const moments = Array.from({ length: MESSAGES_PER_BATCH }, (_, index) => {
      const message = position / STEP + index;
      const readings = [
        { signal: 'power', value: message % 100, mapped: true },
        { signal: 'door_open', value: message % 2 === 0, mapped: true },
        { signal: 'program', value: 'eco', mapped: false },
      ];
      const at = 1_763_756_400_000 + message * 1000;
      return { appliance: KILLED_APPLIANCE, kind: 'refrigerator' as const, at, position: message * STEP, readings };
    });
    await store.write(moments, position + MESSAGES_PER_BATCH * STEP);
    fs.writeSync(1, `${position + MESSAGES_PER_BATCH * STEP}\n`);
  }
}

if (process.argv[1] === import.meta.filename) await writeFrom(process.argv[2]!);
