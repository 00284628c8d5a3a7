// Requests that an OpenAPI document allows, and requests that it does not: values by their JSON schema, some of them spoilt.
import fc, { type Arbitrary } from 'fast-check';

export type Schema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  maxItems?: number;
  minItems?: number;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};
export type Operation = {
  method: string;
  path: string;
  operationId: string;
  parameters: readonly { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema }[];
  body: { type: string; schema: Schema } | null;
};
export type Generated = {
  path: Record<string, string>;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: unknown;
};

const DEEPEST = 5;

/** What breaks programs: wrong types, edges of numbers, text that databases and encoders dislike. */
const junk: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\u202e\u200b',
    '__proto__',
    "'; drop table app.person; --",
    '{{7*7}}',
    '../../etc/passwd',
    '%00%ff',
    -1,
    0,
    1e308,
    -0,
    Number.MAX_SAFE_INTEGER,
    '9999999999999999999999',
    'NaN',
    '9999-12-31T23:59:59Z',
    '0001-01-01T00:00:00Z',
    '-271821-04-20T00:00:00Z',
    [],
    {},
    [[[[[]]]]],
    { constructor: { prototype: null } },
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ minLength: 400, maxLength: 3_000 }),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }) as Arbitrary<unknown>,
);

export type Pool = { ids: readonly string[]; names: readonly string[] };

/** Values of a schema; about one in twelve is junk instead. */
export function valuesOf(
  schema: Schema,
  components: Record<string, Schema>,
  pool: Pool,
  depth = 0,
): Arbitrary<unknown> {
  if (depth > DEEPEST) return fc.constant(null);
  const good = goodOf(schema, components, pool, depth);
  return fc.oneof({ weight: 11, arbitrary: good }, { weight: 1, arbitrary: junk });
}

function goodOf(schema: Schema, components: Record<string, Schema>, pool: Pool, depth: number): Arbitrary<unknown> {
  const inner = (part: Schema): Arbitrary<unknown> => valuesOf(part, components, pool, depth + 1);
  if (schema.$ref) return goodOf(components[schema.$ref.split('/').at(-1)!] ?? {}, components, pool, depth + 1);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts) return fc.oneof(...parts.map(inner));
  if (schema.allOf) {
    return fc
      .tuple(...schema.allOf.map((part) => goodOf(part, components, pool, depth)))
      .map((all) => Object.assign({}, ...all));
  }
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'string':
      return textOf(schema, pool);
    case 'integer':
      return fc.integer({ min: clip(schema.minimum, -1e6), max: clip(schema.maximum, 1e6) });
    case 'number':
      return fc.double({ min: clip(schema.minimum, -1e9), max: clip(schema.maximum, 1e9), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(inner(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(4, schema.maxItems ?? 4),
      });
    case 'object':
      return objectOf(schema, inner);
    default:
      return fc.jsonValue({ maxDepth: 2 }) as Arbitrary<unknown>;
  }
}

const clip = (bound: number | undefined, otherwise: number): number =>
  bound === undefined || Math.abs(bound) > 1e12 ? otherwise : bound;

function objectOf(schema: Schema, inner: (part: Schema) => Arbitrary<unknown>): Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, part]) => [name, inner(part)]));
  const whole = fc.record(fields, { requiredKeys: [...(schema.required ?? [])] });
  const partial = fc.record(fields, { requiredKeys: [] });
  const more = fc.dictionary(fc.string({ maxLength: 8 }), junk, { maxKeys: 2 });
  return fc.oneof(
    { weight: 8, arbitrary: whole },
    { weight: 1, arbitrary: partial },
    { weight: 1, arbitrary: fc.tuple(whole, more).map(([known, extra]) => ({ ...known, ...extra })) },
  );
}

function textOf(schema: Schema, pool: Pool): Arbitrary<string> {
  switch (schema.format) {
    case 'uuid':
      return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...pool.ids) }, { weight: 1, arbitrary: fc.uuid() });
    case 'email':
      return fc.oneof(fc.constantFrom('somebody@example.org', 'a@b.co'), fc.emailAddress());
    case 'date-time':
      return fc
        .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
        .map((date) => date.toISOString());
    case 'date':
      return fc
        .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10));
    case 'uri':
      return fc.oneof(fc.constant('https://hooks.example.org/in'), fc.webUrl());
  }
  const lengths = { minLength: Math.min(schema.minLength ?? 0, 200), maxLength: Math.min(schema.maxLength ?? 30, 200) };
  const free = fc.string({ ...lengths, unit: 'grapheme' });
  return fc.oneof({ weight: 2, arbitrary: free }, { weight: 1, arbitrary: fc.constantFrom(...pool.names) });
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
const inHeader = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?');

/** Requests for one operation. */
export function requestsFor(
  operation: Operation,
  components: Record<string, Schema>,
  pool: Pool,
): Arbitrary<Generated> {
  const named = (where: string): Arbitrary<Record<string, string>> => {
    const wanted = operation.parameters.filter((one) => one.in === where);
    const fields = Object.fromEntries(wanted.map(({ name, schema }) => [name, valuesOf(schema, components, pool)]));
    const requiredKeys = wanted.filter(({ required }) => required).map(({ name }) => name);
    return fc
      .record(fields, { requiredKeys })
      .map((record) => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, asText(value)])));
  };
  return fc.record({
    path: named('path'),
    query: named('query'),
    headers: named('header').map((all) =>
      Object.fromEntries(Object.entries(all).map(([name, text]) => [name, inHeader(text)])),
    ),
    body: operation.body === null ? fc.constant(undefined) : valuesOf(operation.body.schema, components, pool),
  });
}
