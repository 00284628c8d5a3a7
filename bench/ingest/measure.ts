// The order of the bench: weigh idle connections, then take turns at saturation, then the times at half of it, then alerts.
import * as path from 'node:path';
import { timeAlerts } from './alerts-timed.ts';
import { type Contender, type Round, runPaced, runRound, startContender, warmUp, weighIdle } from './contender.ts';
import type { BenchOptions } from './options.ts';
import { spread } from './spread.ts';
import { countStored } from './stored.ts';

export type Measured = {
  messageBytes: number;
  readings: number;
  idleBytes: { platform: number; plain: number };
  rounds: { platform: Round; plain: Round }[];
  ratePerSecond: number;
  pubackMs: { platform: Float64Array; plain: Float64Array };
  alertMs: Float64Array;
  stored: { publishers: number; acknowledged: number; stored: number };
};

export async function measure(
  folder: string,
  options: BenchOptions,
  tell: (what: string) => void,
  stack: AsyncDisposableStack,
): Promise<Measured> {
  tell('starting both servers and making the appliances');
  const platform = await startContender(
    { name: 'platform', file: './platform-server.ts', nodeOptions: platformOptions(options), folder },
    options,
    stack,
  );
  const plain = await startContender(
    { name: 'plain', file: './plain-server.ts', nodeOptions: [], folder },
    options,
    stack,
  );
  tell('weighing idle connections');
  const idleBytes = { platform: await weighIdle(platform), plain: await weighIdle(plain) };
  tell('warming up');
  for (const contender of [platform, plain]) await warmUp(contender, options);
  const rounds: Measured['rounds'] = [];
  for (let round = 1; round <= options.rounds; round++) {
    tell(`round ${round} of ${options.rounds} at saturation`);
    rounds.push({ platform: await runRound(platform, options), plain: await runRound(plain, options) });
  }
  const ratePerSecond = Math.round(spread(rounds.map((round) => round.platform.acceptedPerSecond)).median / 2);
  tell('acknowledgements at half of saturation');
  const pubackMs = {
    platform: await runPaced(platform, ratePerSecond, options),
    plain: await runPaced(plain, ratePerSecond, options),
  };
  tell('alerts');
  const alertMs = await timeAlerts(platform);
  tell('counting what was stored');
  const stored = await checkStored(platform, folder);
  const { messageBytes, readings } = platform;
  return { messageBytes, readings, idleBytes, rounds, ratePerSecond, pubackMs, alertMs, stored };
}

function platformOptions({ flushMs, profile }: BenchOptions): string[] {
  return [
    ...(flushMs > 0 ? ['--import', new URL('./slow-flush.ts', import.meta.url).href] : []),
    ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profile)}`] : []),
  ];
}

async function checkStored(platform: Contender, folder: string): Promise<Measured['stored']> {
  const acknowledged = await platform.client.call.acknowledged();
  if (process.env.INFLUX_URL !== undefined) return countAsked(platform, acknowledged);
  await platform.server.call.stop();
  const publishers = platform.started.publishers.map(({ id }, index) => ({ id, acknowledged: acknowledged[index]! }));
  return countStored(path.join(folder, 'data', 'readings.duckdb'), publishers);
}

/** Where the store is a server of its own, its file is nothing that could be opened. */
async function countAsked(
  { server, started, readings }: Contender,
  acknowledged: readonly number[],
): Promise<Measured['stored']> {
  const looked = started.publishers.slice(0, 5);
  let stored = 0;
  for (const { id } of looked) stored += await server.call.count(id);
  await server.call.stop();
  const said = looked.reduce((sum, _, index) => sum + acknowledged[index]! * readings, 0);
  return { publishers: looked.length, acknowledged: said, stored };
}
