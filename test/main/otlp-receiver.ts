// A collector: takes traces as OTLP over HTTP in JSON, and says which came.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Value = { stringValue?: string; intValue?: number | string; arrayValue?: { values: Value[] } };
type Sent = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Value }[];
};
type Body = { resourceSpans: { scopeSpans: { scope: { name: string }; spans: Sent[] }[] }[] };

export type Span = {
  trace: string;
  id: string;
  parent: string | null;
  name: string;
  /** The part of the platform that said it. */
  by: string;
  startMs: number;
  endMs: number;
  about: Record<string, unknown>;
};

export type OtlpReceiver = AsyncDisposable & { url: string; requests: string[]; spans: Span[] };

const plain = ({ stringValue, intValue, arrayValue }: Value): unknown =>
  stringValue ?? (intValue === undefined ? arrayValue?.values.map(plain) : Number(intValue));
const msOf = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1_000n) / 1_000;

const spansOf = (body: Body): Span[] =>
  body.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((sent) => ({
        trace: sent.traceId,
        id: sent.spanId,
        parent: sent.parentSpanId || null,
        name: sent.name,
        by: scope.name,
        startMs: msOf(sent.startTimeUnixNano),
        endMs: msOf(sent.endTimeUnixNano),
        about: Object.fromEntries(sent.attributes.map(({ key, value }) => [key, plain(value)])),
      })),
    ),
  );

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const requests: string[] = [];
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers['content-type']}`);
    const body = Buffer.concat(await Array.fromAsync(request)).toString();
    spans.push(...spansOf(JSON.parse(body) as Body));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    spans,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
