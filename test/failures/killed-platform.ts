// The platform as it is shipped, on the folder given, in a process of its own that will be killed. Its time runs RATE times
// as fast since FROM, so that an hour of an appliance's life passes while the test looks on.
import { readSettings, startPlatform } from '#main';

const [folder, rate, from] = process.argv.slice(2);
const { mqtt } = await startPlatform({
  settings: readSettings({ demo: false }),
  folder: folder!,
  clock: { kind: 'scaled', rate: Number(rate), from: Number(from) },
  terminalToo: true,
});
console.log(`up on ${mqtt.port}`);
