// One way to ask the API. Errors arrive as the API words them (problem+json).
import type { Problem } from '#contracts';
import { askPasswordAgain } from './password-again.ts';

/** What the API refused, or `status` 0 when it could not be reached. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly problem: Problem | null;
  /** What came back, if it was JSON. */
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    const problem = isProblem(body) ? body : null;
    super(problem?.title ?? `HTTP ${status}`);
    this.name = 'ApiProblem';
    this.status = status;
    this.problem = problem;
    this.body = body;
  }
}

export const problemCode = (error: unknown): string | null =>
  error instanceof ApiProblem ? (error.problem?.code ?? null) : null;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Content = { type: 'application/json' | 'text/csv'; text: string } | null;

/** Sends one request below `/api/v1`; an answer without a body is `undefined`. Throws `ApiProblem`. */
export async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const content: Content = body === undefined ? null : { type: 'application/json', text: JSON.stringify(body) };
  return json(await ask(method, path, content));
}

/** Sends the text of a CSV file. */
export async function sendCsv<T>(path: string, csv: string): Promise<T> {
  return json(await ask('POST', path, { type: 'text/csv', text: csv }));
}

/** For an answer that is a document, e.g. an SVG. */
export async function callForText(path: string, body: unknown): Promise<string> {
  return ask('POST', path, { type: 'application/json', text: JSON.stringify(body) });
}

const json = <T>(text: string): T => (text === '' ? undefined : JSON.parse(text)) as T;

/** Where the password was last given too long ago, it is asked for, and the request sent once more. */
async function ask(method: Method, path: string, content: Content): Promise<string> {
  try {
    return await askOnce(method, path, content);
  } catch (error) {
    if (problemCode(error) === 'authenticate-again' && (await askPasswordAgain())) {
      return askOnce(method, path, content);
    }
    throw error;
  }
}

async function askOnce(method: Method, path: string, content: Content): Promise<string> {
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: content === null ? {} : { 'content-type': content.type },
    body: content?.text ?? null,
  }).catch(() => {
    throw new ApiProblem(0, null);
  });
  const text = await response.text();
  if (!response.ok) throw new ApiProblem(response.status, parsed(text));
  return text;
}

const isProblem = (body: unknown): body is Problem => typeof body === 'object' && body !== null && 'title' in body;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `{ a: 1, b: undefined }` becomes `?a=1`. */
export function query(parameters: Record<string, string | number | undefined>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
