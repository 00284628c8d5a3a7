// The platform as it is shipped, on the folder given, in a process of its own that will be killed.
import { readSettings, startPlatform } from '#main';

const [folder] = process.argv.slice(2);
const { mqtt } = await startPlatform({ settings: readSettings({ demo: false }), folder: folder!, terminalToo: true });
console.log(`up on ${mqtt.port}`);
