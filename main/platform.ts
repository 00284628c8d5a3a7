// The whole platform in one process.

import { type MqttAddress, type ProcessOptions, type RunningProcess, startProcess } from './process.ts';
import { STAGES } from './stages.ts';

export type PlatformOptions = ProcessOptions;

export type Platform = RunningProcess & { url: string; mqtt: MqttAddress };

/** `startProcess` with every stage, whatever the settings say. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const running = await startProcess({ ...options, settings: { ...options.settings, STAGES } });
  return { ...running, url: running.url!, mqtt: running.mqtt! };
}
