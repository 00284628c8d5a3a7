import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openPlatform, type Platform } from './platform.ts';

let platform: Platform;
let plain: Platform;
const webRoot = mkdtempSync(join(tmpdir(), 'stethos-web-'));
const mails = [
  { id: '1', to: 'lin@example.org', subject: 'First', text: 'See http://stethos.test/alerts/1.', at: 1_000 },
  {
    id: '2',
    to: 'lin@example.org',
    subject: '<script>alert(1)</script>',
    text: 'a & b "http://x.test/?a=1&b=2"',
    at: 2_000,
  },
];

beforeAll(async () => {
  mkdirSync(join(webRoot, 'assets'));
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>Stethos</title>');
  writeFileSync(join(webRoot, 'assets', 'app-4f3a.js'), 'export {};');
  writeFileSync(join(webRoot, '.env'), 'SECRET=1');
  platform = await openPlatform({
    webRoot,
    mailSink: { mails: () => mails },
    demo: { accounts: [{ role: 'owner', email: 'lin@example.org', password: 'demo demo demo' }] },
  });
  plain = await openPlatform();
});
afterAll(async () => {
  await platform[Symbol.asyncDispose]();
  await plain[Symbol.asyncDispose]();
  rmSync(webRoot, { recursive: true, force: true });
});

const get = (url: string, headers: Record<string, string> = {}) => platform.app.inject({ url, headers });

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** As much of OpenAPI 3.1 as every document must have. */
const Media = z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) }));
const Operation = z.object({
  operationId: z.string().min(1),
  summary: z.string().min(1),
  tags: z.array(z.string()).min(1),
  parameters: z
    .array(
      z.object({ name: z.string(), in: z.enum(['path', 'query']), required: z.boolean(), schema: z.looseObject({}) }),
    )
    .optional(),
  requestBody: z.object({ content: Media }).loose().optional(),
  responses: z.record(
    z.string().regex(/^([2-5]\d\d|default)$/),
    z.object({ description: z.string(), content: Media.optional() }),
  ),
});
const OpenApi = z.object({
  openapi: z.literal('3.1.0'),
  info: z.object({ title: z.string(), version: z.string() }).loose(),
  paths: z.record(
    z.string().startsWith('/'),
    z.record(z.enum(METHODS), Operation).or(z.partialRecord(z.enum(METHODS), Operation)),
  ),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.unknown()),
  }),
});

describe('the OpenAPI document', () => {
  const document = async () => OpenApi.parse((await get('/api/openapi.json')).json());
  const operations = async () =>
    Object.entries((await document()).paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        path,
        method,
        ...(operation as z.infer<typeof Operation>),
      })),
    );

  it('is OpenAPI 3.1, and every reference in it leads somewhere', async () => {
    const { components, ...rest } = await document();
    const text = JSON.stringify({ components, ...rest });
    const names = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(30);
    for (const name of names) {
      expect(name).toMatch(/^#\/components\/schemas\//);
      expect(components.schemas).toHaveProperty([name.split('/').at(-1)!]);
    }
  });

  it('names every operation once, describes what its path needs, and what an error looks like', async () => {
    const all = await operations();
    expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
    for (const { path, parameters = [], responses } of all) {
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      expect([path, inPath]).toEqual([path, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)]);
      if (path.startsWith('/api/v1')) {
        expect(responses.default?.content).toHaveProperty(
          ['application/problem+json', 'schema', '$ref'],
          '#/components/schemas/Problem',
        );
      }
      expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true);
    }
  });

  it('has a page to read it', async () => {
    const page = await get('/api/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    for (const [, file] of page.body.matchAll(/(?:src|href)="\.?([^"]+)"/g)) {
      const url = `/api/docs${file!.replace('/api/docs', '')}`;
      expect([url, (await get(url)).statusCode]).toEqual([url, 200]);
    }
  });
});

describe('the built web', () => {
  it('is served for every path of the app, and asked for anew each time', async () => {
    for (const path of ['/', '/alerts/17', '/setup?token=x']) {
      const page = await get(path, { accept: 'text/html' });
      expect([path, page.statusCode, page.body]).toEqual([path, 200, '<!doctype html><title>Stethos</title>']);
      expect(page.headers['cache-control']).toBe('no-cache');
    }
  });

  it('keeps files with a hash in the browser, and misses files that are not there', async () => {
    const file = await get('/assets/app-4f3a.js');
    expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await get('/assets/gone-0000.js')).statusCode).toBe(404);
  });

  it('shows nothing that stands beside it', async () => {
    for (const path of ['/.env', '/..%2fpackage.json', '/%2e%2e/package.json']) {
      const answer = await get(path, { accept: 'application/json' });
      expect([path, answer.statusCode]).toEqual([
        path,
        expect.toSatisfy((status: number) => status >= 400 && status < 500),
      ]);
    }
  });

  it('runs no script but its own, and no other site may frame it', async () => {
    const { headers } = await get('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['strict-transport-security']).toBeUndefined();
    expect((await get('/healthz')).headers['x-powered-by']).toBeUndefined();
  });

  it('is not needed for the API', async () => {
    expect((await plain.app.inject('/healthz')).json()).toEqual({ ok: true });
    expect((await plain.app.inject({ url: '/', headers: { accept: 'text/html' } })).statusCode).toBe(404);
  });
});

describe('one address', () => {
  it('may ask often, and try to log in less often', async () => {
    const asked = async (url: string, times: number) => {
      const answers = [];
      for (let i = 0; i < times; i++) answers.push(await plain.app.inject({ method: 'POST', url, payload: {} }));
      return answers;
    };
    const answers = await asked('/api/v1/sessions', 61);
    expect(new Set(answers.slice(0, 60).map(({ statusCode }) => statusCode))).toEqual(new Set([400]));
    const [last] = answers.slice(-1);
    expect(last!.statusCode).toBe(429);
    expect(last!.json()).toMatchObject({ code: 'too-many-requests', hint: expect.any(String) });
    expect(Number(last!.headers['retry-after'])).toBeGreaterThan(0);
    const others = await asked('/api/v1/alerts', 61);
    expect(new Set(others.map(({ statusCode }) => statusCode))).toEqual(new Set([404]));
  });
});

describe('the demo', () => {
  it('shows its accounts; a platform that is none has none', async () => {
    expect((await get('/api/v1/demo')).json()).toEqual({
      items: [{ name: 'owner', role: 'owner', email: 'lin@example.org', password: 'demo demo demo' }],
      next: null,
    });
    expect((await plain.app.inject('/api/v1/demo')).statusCode).toBe(404);
    expect((await plain.app.inject('/demo/mail')).statusCode).toBe(404);
  });

  it('shows its mails newest first, as text, with links to follow', async () => {
    const { body, headers } = await get('/demo/mail');
    expect(headers['content-type']).toContain('text/html');
    expect(body.indexOf('&lt;script&gt;alert(1)&lt;/script&gt;')).toBeLessThan(body.indexOf('First'));
    expect(body).not.toContain('<script>');
    expect(body).toContain('<a href="http://stethos.test/alerts/1">http://stethos.test/alerts/1</a>.');
    expect(body).toContain('<a href="http://x.test/?a=1&amp;b=2">http://x.test/?a=1&amp;b=2</a>&quot;');
    expect(body).toContain('演示邮箱');
  });
});
