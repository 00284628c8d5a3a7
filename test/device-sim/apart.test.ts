// The simulator judges the rules. Were a number of one known to the other, the rules would have learnt the simulator.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, type Source, sourcesOf } from '../architecture/sources.ts';

const specifiersOf = (source: Source): string[] => source.imports.flatMap(({ specifier }) => specifier ?? []);
const leadsTo = (room: string) => (specifier: string) =>
  specifier === `#${room}` || specifier.startsWith(`#${room}/`) || specifier.includes(`/${room}/`);

describe('the simulator and the rules', () => {
  const simulator = sourcesOf('device-sim');
  const rules = sourcesOf('diagnosis-rules');

  it('are both there to be looked at', () => {
    expect(simulator.map(({ file }) => file)).toContain('device-sim/judge/fleet.ts');
    expect(rules.length).toBeGreaterThan(5);
  });

  it('import nothing of each other', () => {
    expect(simulator.filter((source) => specifiersOf(source).some(leadsTo('diagnosis-rules')))).toEqual([]);
    expect(rules.filter((source) => specifiersOf(source).some(leadsTo('device-sim')))).toEqual([]);
  });

  it('the simulator knows no room but contracts, and of it signals, messages and models', () => {
    for (const source of simulator) {
      const rooms = specifiersOf(source).filter((specifier) => specifier.startsWith('#'));
      expect([...new Set(rooms)].filter((room) => room !== '#contracts')).toEqual([]);
    }
  });

  it('no rule is written in a file of the simulator, and no rule names the simulator', () => {
    const files = (room: string) => fs.readdirSync(path.join(ROOT, room), { recursive: true, encoding: 'utf8' });
    expect(files('device-sim').filter((file) => /\.ya?ml$/.test(file))).toEqual([]);
    const catalogue = files('diagnosis-rules').filter((file) => /\.ya?ml$/.test(file));
    expect(catalogue.length).toBeGreaterThan(0);
    for (const file of catalogue) {
      const text = fs.readFileSync(path.join(ROOT, 'diagnosis-rules', file), 'utf8');
      expect(/device-sim/.test(text), file).toBe(false);
    }
  });
});
