// One way to ask the API. Errors arrive as the API words them (problem+json).
import type { Problem } from '#contracts';

/** What the API refused, or `status` 0 when it could not be reached. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly problem: Problem | null;

  constructor(status: number, problem: Problem | null) {
    super(problem?.title ?? `HTTP ${status}`);
    this.name = 'ApiProblem';
    this.status = status;
    this.problem = problem;
  }
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Sends one request below `/api/v1`; an answer without a body is `undefined`. Throws `ApiProblem`. */
export async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  }).catch(() => {
    throw new ApiProblem(0, null);
  });
  const text = await response.text();
  if (!response.ok) throw new ApiProblem(response.status, problemIn(text));
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

function problemIn(text: string): Problem | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'title' in parsed ? (parsed as Problem) : null;
  } catch {
    return null;
  }
}

/** `{ a: 1, b: undefined }` becomes `?a=1`. */
export function query(parameters: Record<string, string | number | undefined>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
