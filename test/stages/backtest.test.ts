// A rule tried on history where stages run in processes of their own: diagnosis reads what ingest stored in InfluxDB.
import { setTimeout as pause } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { type Id, upTopic } from '#contracts';
import { askBacktest, backtestById, backtestResult } from '#diagnosis-rules';
import { createAppliance, createHousehold } from '#registry';
import { HOUR, MINUTE } from '#runtime';
import { ruleText } from '../diagnosis-rules/rule-text.ts';
import { describeEngine } from '../servers/servers.ts';
import { PEPPER, type StageProcess, startCluster } from './cluster.ts';

const TRIES = 60;
const MODEL = 'stethos-reference-fridge';

async function sayWarmHour(broker: StageProcess, { id, secret }: { id: Id; secret: string }): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.mqttPort}`, {
    clientId: id,
    username: id,
    password: secret,
  });
  const now = Date.now();
  const readings = Array.from({ length: 60 }, (_, minute) => ({
    at: now - HOUR + minute * MINUTE,
    values: { cabinet_temperature: 16 },
  }));
  await client.publishAsync(upTopic(id, 'telemetry'), JSON.stringify({ seq: 1, readings }), { qos: 1 });
  await client.endAsync();
}

function suite(): void {
  it('is judged by one of the processes that diagnose', async () => {
    await using cluster = await startCluster();
    const { sql } = cluster;
    // The first one makes the tables.
    await cluster.start('api');
    const [broker] = await Promise.all(
      ['broker', 'ingest', 'diagnosis', 'diagnosis'].map((stages) => cluster.start(stages)),
    );
    const household = (await createHousehold(sql, { name: 'Home', region: 'east', now: Date.now() })).id;
    const fields = { model: MODEL, name: 'Fridge', household, now: Date.now(), pepper: PEPPER };
    const made = await createAppliance(sql, fields);
    await sayWarmHour(broker!, made);

    /** What is stored by now. */
    async function found(): Promise<number> {
      const now = Date.now();
      const id = await askBacktest(sql, {
        rule: { rule: 'test-warm', version: 1, text: ruleText() },
        ...{ against: null, from: now - 6 * HOUR, to: now, warmUpDays: 1, by: null, now },
        ...{ scope: { ids: 1, model: null }, appliances: [{ id: made.id, model: MODEL, household }] },
      });
      for (let tries = 0; (await backtestById(sql, id))!.state !== 'done'; tries++) {
        expect(tries).toBeLessThan(20 * TRIES);
        await pause(50);
      }
      return (await backtestResult(sql, (await backtestById(sql, id))!)).a.findings;
    }
    let findings = 0;
    for (let tries = 0; findings === 0 && tries < TRIES; tries++) {
      findings = await found();
      await pause(200);
    }
    expect(findings).toBe(1);
  });
}

describe('a backtest over many processes', () => {
  describeEngine('InfluxDB', 'with the others', () =>
    describeEngine('Redis', 'with the others', () => describeEngine('PostgreSQL', 'with the others', suite)),
  );
});
