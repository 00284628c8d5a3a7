// The catalogue of models: plain data from models.yaml, checked once.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type FaultCode, Model } from '#contracts';

let loaded: ReadonlyMap<string, Model> | undefined;

/** All models by id. Reads the file once; throws when it does not fit the schema or names an id twice. */
export function loadModels(): ReadonlyMap<string, Model> {
  loaded ??= parseModels(readFileSync(new URL('./models.yaml', import.meta.url), 'utf8'));
  return loaded;
}

function parseModels(text: string): ReadonlyMap<string, Model> {
  const models = z.array(Model).parse(parse(text));
  const byId = new Map(models.map((model) => [model.id, model]));
  if (byId.size < models.length) throw new Error('models.yaml names a model twice');
  return byId;
}

/** `none`: the maker's word for "no fault". */
export type NeutralCode = FaultCode | 'none';

const NO_FAULT = /^(?:|0+|none|ok|no[ _-]?error|no[ _-]?fault)$/i;

/** What a maker's fault code may point to, as evidence and not as truth; null for a code that the model does not name. */
export function neutralCode(model: string, code: string): NeutralCode | null {
  const plain = code.trim();
  const known = loadModels().get(model)?.faultCodes ?? {};
  if (Object.hasOwn(known, plain)) return known[plain]!;
  if (NO_FAULT.test(plain)) return 'none';
  const spelled = Object.keys(known).find((one) => one.toLowerCase() === plain.toLowerCase());
  return spelled === undefined ? null : known[spelled]!;
}
