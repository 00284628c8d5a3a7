// Whether an answer is one that the OpenAPI document announces: its status, its type and its body.
import { z } from 'zod';
import type { Schema } from './request-arbitraries.ts';

export type Announced = Record<string, { content?: Record<string, { schema: Schema }> }>;
export type Answer = { statusCode: number; contentType: string; body: string };

/** Asks a document many times; schemas are compiled once. */
export function answerChecker(
  components: Record<string, Schema>,
): (announced: Announced, answer: Answer) => string | null {
  const definitions = moved(components);
  const compiled = new Map<Schema, z.ZodType>();
  const check = (schema: Schema, value: unknown): string | null => {
    let type = compiled.get(schema);
    if (!type) {
      type = z.fromJSONSchema({ ...(moved(schema) as object), $defs: definitions } as never);
      compiled.set(schema, type);
    }
    const result = type.safeParse(value);
    return result.success ? null : z.prettifyError(result.error).slice(0, 300);
  };
  return (announced, { statusCode, contentType, body }) => {
    if (statusCode === 304) return body === '' ? null : 'a 304 with a body';
    const wanted = announced[statusCode] ?? (statusCode >= 400 ? announced.default : undefined);
    if (!wanted) return `status ${statusCode} is not announced`;
    const types = Object.entries(wanted.content ?? {});
    if (types.length === 0) return body === '' ? null : 'a body where none is announced';
    const [type, { schema }] = types.find(([name]) => contentType.startsWith(name)) ?? ['', { schema: {} }];
    if (type === '') return `type "${contentType}" is not announced`;
    return type.endsWith('json') ? check(schema, JSON.parse(body)) : null;
  };
}

/** Components stand elsewhere in a schema of its own. */
const moved = (part: unknown): never =>
  JSON.parse(JSON.stringify(part).replaceAll('"#/components/schemas/', '"#/$defs/')) as never;
