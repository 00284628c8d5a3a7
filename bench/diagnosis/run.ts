// `npm run bench:diagnosis`: how good the diagnosis is, on refrigerators of which the truth is known.
import { readOptions } from './options.ts';
import { tellStory } from './story.ts';

const options = readOptions(process.argv.slice(2));
if (options?.life) {
  const asked = options.life === 'healthy' ? null : options.life;
  for (const line of tellStory({ seed: options.seed, asked, days: options.days })) process.stdout.write(`${line}\n`);
}
