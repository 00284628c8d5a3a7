// The catalogue of models: plain data from models.yaml, checked once.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { Model } from '#contracts';

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
