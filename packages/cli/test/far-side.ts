import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  /** Such as `tokens.list`. */
  readonly procedure: string;
  readonly input: Record<string, unknown>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What the far side answers: data, a refusal, or nothing (it hangs up). */
export type Answer =
  | { readonly data: unknown }
  | { readonly refuse: { readonly code: string; readonly httpStatus: number; readonly details?: object } }
  | { readonly body: string }
  | 'hang up';

export interface FarSide {
  readonly url: string;
  readonly calls: Call[];
  /** How a procedure is answered from now on; where nothing was said, NOT_FOUND. */
  readonly on: (procedure: string, answer: (call: Call) => Answer | Promise<Answer>) => void;
  readonly stop: () => Promise<void>;
}

/** The API as the CLI sees it over HTTP: tRPC's envelope, and answers that a test writes. */
export const startFarSide = async (): Promise<FarSide> => {
  const calls: Call[] = [];
  const answers = new Map<string, (call: Call) => Answer | Promise<Answer>>();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://far.example');
    let body = '';
    for await (const chunk of request) body += chunk;
    const call = {
      procedure: url.pathname.replace(/^\/trpc\//, ''),
      input: JSON.parse(body || url.searchParams.get('input') || '{}') as Record<string, unknown>,
      headers: request.headers,
    };
    calls.push(call);
    const answer = await (answers.get(call.procedure) ?? notFound)(call);
    if (answer === 'hang up') return void request.socket.destroy();
    const status = 'refuse' in answer ? answer.refuse.httpStatus : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    if ('body' in answer) return void response.end(answer.body);
    const envelope =
      'data' in answer
        ? { result: { data: answer.data } }
        : { error: { code: -32_000, message: 'As the server says it.', data: answer.refuse } };
    response.end(JSON.stringify(envelope));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    on: (procedure, answer) => void answers.set(procedure, answer),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const notFound = (): Answer => ({ refuse: { code: 'NOT_FOUND', httpStatus: 404 } });
