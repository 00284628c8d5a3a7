// Sends generated requests for every operation of the OpenAPI document, as everybody who may ask, and judges each answer.
import fc from 'fast-check';
import type { Id, Role } from '#contracts';
import { openSession, sessionOf } from '#registry';
import { type Account, coolingFails, openPlatform, PASSWORD, type Platform } from '../api/platform.ts';
import { type Announced, answerChecker } from './answers.ts';
import { type Generated, type Operation, type Pool, requestsFor, type Schema } from './request-arbitraries.ts';

export type FuzzResult = {
  attempts: number;
  byStatus: Record<string, number>;
  violations: { seed: number; request: string; why: string }[];
};

type Document = {
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, Schema> };
};
type DocumentedOperation = {
  operationId: string;
  parameters?: Operation['parameters'];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Announced;
};

const ROLES: readonly Role[] = [
  'owner',
  'technician',
  'dispatcher',
  'call-agent',
  'diagnosis-engineer',
  'administrator',
  'auditor',
];
/** It stays open; what it says is tested elsewhere. */
const STREAMS = new Set(['hearChanges']);
/** A password is hashed slowly on purpose. */
const SLOW = /log-?in|sign-?up|set-?up|password|person|people|invitation/i;
const SLOW_ONE_IN = 25;

const PICK = fc.tuple(fc.nat(), fc.nat(ROLES.length), fc.nat(SLOW_ONE_IN - 1));

/** `requests` of them from `seed` on; the same seed sends the same requests as long as the routes are the same. */
export async function fuzzHttp({ requests, seed }: { requests: number; seed: number }): Promise<FuzzResult> {
  await using platform = await openPlatform();
  const world = await World.open(platform);
  const document = platform.app.swagger() as unknown as Document;
  const components = document.components.schemas;
  const check = answerChecker(components);
  const operations = operationsOf(document);
  const result: FuzzResult = { attempts: 0, byStatus: {}, violations: [] };
  const generators = operations.map(({ operation }) => requestsFor(operation, components, world.pool));
  for (let i = 0; i < requests; i++) {
    const own = seed + i;
    const [pick] = fc.sample(fc.noBias(PICK), { seed: own, numRuns: 1 });
    const { operation, announced } = operations[pick![0] % operations.length]!;
    if (SLOW.test(operation.operationId) && operation.method !== 'GET' && pick![2] !== 0) continue;
    const [generated] = fc.sample(generators[pick![0] % operations.length]!, { seed: own, numRuns: 1 });
    const request = await world.request(operation, generated!, ROLES[pick![1]] ?? null, i);
    const answer = await platform.app.inject(request);
    result.attempts++;
    result.byStatus[answer.statusCode] = (result.byStatus[answer.statusCode] ?? 0) + 1;
    if (answer.statusCode === 401) await world.loggedOut(ROLES[pick![1]] ?? null);
    const why = judge(answer, announced, check, platform);
    if (why !== null) result.violations.push({ seed: own, request: described(request), why });
    platform.logged.length = 0;
  }
  return result;
}

function operationsOf(document: Document): { operation: Operation; announced: Announced }[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { operationId }]) => !STREAMS.has(operationId))
      .map(([method, { operationId, parameters = [], requestBody, responses }]) => {
        const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
        const body = type === undefined ? null : { type, schema: media!.schema };
        return {
          operation: { method: method.toUpperCase(), path, operationId, parameters, body },
          announced: responses,
        };
      }),
  );
}

type Injected = Awaited<ReturnType<Platform['app']['inject']>>;

function judge(
  answer: Injected,
  announced: Announced,
  check: ReturnType<typeof answerChecker>,
  platform: Platform,
): string | null {
  const { statusCode, body } = answer;
  if (statusCode >= 500) {
    const [line] = platform.logged.filter(({ level }) => level === 'error');
    return `${statusCode} ${body.slice(0, 200)} ${JSON.stringify(line?.fields ?? {}).slice(0, 700)}`;
  }
  try {
    return check(announced, { statusCode, contentType: String(answer.headers['content-type'] ?? ''), body });
  } catch (error) {
    return `the answer could not be read: ${String(error)}`;
  }
}

type Request = { method: 'GET'; url: string; headers: Record<string, string>; remoteAddress: string; payload?: string };
const described = ({ method, url, payload }: Request): string =>
  `${method} ${url.slice(0, 200)} ${(payload ?? '').slice(0, 300)}`;

/** One household with everything in it, a strange one, and somebody in every role. */
class World {
  readonly #platform: Platform;
  readonly #accounts = new Map<Role, Account>();
  readonly pool: Pool;
  readonly #home: Id;

  private constructor(platform: Platform, home: Id, ids: readonly Id[]) {
    this.#platform = platform;
    this.#home = home;
    this.pool = {
      ids,
      names: ['open', 'all', 'north', 'power', 'stethos-reference-fridge', 'door-closed', 'it-was-open'],
    };
  }

  static async open(platform: Platform): Promise<World> {
    const ids: Id[] = [];
    const home = (await platform.household('Home')).id;
    const elsewhere = (await platform.household('Elsewhere')).id;
    ids.push(home, elsewhere);
    for (const household of [home, home, elsewhere, undefined]) {
      const appliance = await platform.appliance(household);
      await platform.find(coolingFails(appliance));
      ids.push(appliance);
    }
    const dispatcher = await platform.account('dispatcher');
    const ask = async (method: 'GET' | 'POST', url: string) =>
      (await platform.app.inject({ method, url: `/api/v1${url}`, headers: { cookie: dispatcher.cookie } })).json();
    for (const { id } of (await ask('GET', '/alerts')).items as { id: Id }[]) {
      ids.push(id);
      await ask('POST', `/alerts/${id}/service-request`);
    }
    await platform.sweepFieldService();
    for (const file of (await ask('GET', '/cases?state=all')).items as { id: Id; visits: { id: Id }[] }[]) {
      ids.push(file.id, ...file.visits.map(({ id }) => id));
    }
    const world = new World(platform, home, ids);
    for (const role of ROLES) ids.push((await world.#account(role)).person.id);
    return world;
  }

  async #account(role: Role): Promise<Account> {
    const known = this.#accounts.get(role);
    if (known) return known;
    const made = await this.#platform.account(role, role === 'owner' ? this.#home : undefined);
    this.#accounts.set(role, made);
    return made;
  }

  /** By a request that was obeyed: he logs in again, or somebody else takes his place. */
  async loggedOut(role: Role | null): Promise<void> {
    const known = role && this.#accounts.get(role);
    if (!role || !known) return;
    const { sql, now } = this.#platform;
    const token = await openSession(sql, known.person.id, now());
    if (await sessionOf(sql, token, now())) known.cookie = `stethos_session=${token}`;
    else this.#accounts.delete(role);
  }

  async request(operation: Operation, generated: Generated, role: Role | null, turn: number): Promise<Request> {
    // Limits count by the minute; what they do is tested elsewhere.
    this.#platform.setClock(this.#platform.now() + 100);
    const account = role === null ? null : await this.#account(role);
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(generated.path[name] ?? ''));
    const query = Object.entries(generated.query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
    const payload = generated.body === undefined ? undefined : this.#payload(operation, generated.body);
    return {
      method: operation.method as 'GET',
      url: `${path}${query.length > 0 ? `?${query.join('&')}` : ''}`,
      remoteAddress: `10.${(turn >> 10) & 255}.${(turn >> 2) & 255}.${turn & 3}`,
      headers: {
        ...generated.headers,
        ...(account ? { cookie: account.cookie } : {}),
        ...(payload === undefined ? {} : { 'content-type': operation.body!.type }),
      },
      ...(payload === undefined ? {} : { payload }),
    };
  }

  /** Nobody's password is changed by chance: the accounts are used again. */
  #payload({ body }: Operation, value: unknown): string {
    if (!body!.type.includes('json')) return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return (JSON.stringify(value) ?? 'null').replaceAll(PASSWORD, 'another password');
  }
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());
