import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installation, startInstallation } from './harness/installation.ts';
import { until } from './harness/program.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly links?: readonly { readonly traceId: string }[];
}

/** What a collector is sent, as OTLP's JSON encoding writes it. */
const received: string[] = [];
const collector = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    if (request.url === '/v1/traces') received.push(body);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
const spans = (): readonly Span[] =>
  received.flatMap((body) => {
    const { resourceSpans = [] } = JSON.parse(body) as {
      resourceSpans?: { scopeSpans: { spans: Span[] }[] }[];
    };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((each) => each.spans));
  });
const spanOf = (name: string) => spans().find((span) => span.name === name);

let latchkey: Installation;
beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  latchkey = await startInstallation({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` } });
});
afterAll(async () => {
  await latchkey?.stop();
  collector.closeAllConnections();
  collector.close();
});

it('one trace leads from the call through outbox and relay to each job, and names nobody (SECRET-ONCE)', async () => {
  const olivia = await latchkey.signIn('acme', 'olivia');
  const leaver = await olivia.api.members.add.mutate({
    email: 'canary-of-the-trace@acme.example',
    name: 'Canary',
    policyIds: ['developer'],
  });
  const session = await latchkey.signIn('acme', leaver.memberId);
  const { tokenText, token } = await session.api.tokens.issue.mutate({ name: 'canary token' });
  await olivia.api.members.remove.mutate({ memberId: leaver.memberId });
  const worker = await latchkey.startWorker();
  // The report that the cascade records goes on in the same trace, through the outbox once more.
  const way = [
    'POST members.remove',
    'relay cascade-member-removal',
    'job cascade-member-removal',
    'relay notify',
    'job notify',
  ];
  await until(() => way.every((name) => spanOf(name) !== undefined), 30_000);
  const [cause, ...others] = way.map(spanOf);
  let parent = cause;
  for (const span of others) {
    expect(span).toMatchObject({ traceId: cause?.traceId, parentSpanId: parent?.spanId });
    parent = span;
  }
  await worker.stop();
  for (const canary of [tokenText, token.tokenId, leaver.memberId, olivia.cookie.split('=')[1] ?? '', 'canary']) {
    expect(received.join('\n').toLowerCase()).not.toContain(canary.toLowerCase());
  }
});

it('a caller can’t choose the trace, and a path that holds a token names nothing', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const path = `/trpc/tokens.get${latchkey.demoToken}/${latchkey.demoToken}`;
  await fetch(`${latchkey.url}${path}`, { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });
  await until(() => spans().some(({ links }) => links?.some((link) => link.traceId === traceId) === true), 30_000);
  expect(spans().some((span) => span.traceId === traceId)).toBe(false);
  expect(received.join('\n')).not.toContain(latchkey.demoToken);
});
