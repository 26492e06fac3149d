import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createLatchkeyClient, type LatchkeyClient } from '../src/index.ts';
import { type Answer, data, type Received, startLatchkeyDouble } from './latchkey-double.ts';

export const TOKEN = `lk_pat_3fK0aZ81bQ7rTx2m_${'s'.repeat(49)}`;
export const verified = {
  tokenId: '3fK0aZ81bQ7rTx2m',
  kind: 'personal',
  name: 'ci',
  organizationId: 'acme',
  project: null,
  ownerId: 'dana',
} as const;
export const accepted = { accepted: true, token: verified } as const;
export const missing = { action: 'ToggleFlag', resource: 'project/shop:env/prod:flag/checkout' };

/** What Latchkey says of the good token; of every other text that it is refused. */
export const judge =
  (decision: object = { effect: 'allow' }) =>
  ({ path, input }: Received): Answer => {
    const isGood = (input as { presentedToken?: unknown }).presentedToken === TOKEN;
    const verdict = isGood ? accepted : ({ accepted: false, status: 401 } as const);
    return path.includes('decide') ? data({ verdict, decision: isGood ? decision : null }) : data(verdict);
  };
export const deny = { effect: 'deny', because: 'no_allow', layer: 'owner', missing } as const;

/** A client of a Latchkey that answers as it is told, and everything that has to be stopped afterwards. */
export const startClient = async (
  answer: (received: Received) => Answer,
  options: { readonly trustedProxyCount?: number } = {},
) => {
  const far = await startLatchkeyDouble(answer);
  const latchkey: LatchkeyClient = createLatchkeyClient({
    url: far.url,
    credential: 'the-credential',
    timeoutMs: 1_000,
    cache: false,
    ...options,
  });
  return { far, latchkey };
};

export const listen = async (listener: RequestListener) => {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    stop: () => new Promise<void>((stopped) => server.close(() => stopped()).closeAllConnections()),
  };
};

/** Sends bytes as they are; gives what came back. */
export const sendRaw = (port: number, bytes: string): Promise<string> =>
  new Promise((done, failed) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket
      .on('data', (chunk) => {
        text += chunk;
      })
      .on('close', () => done(text))
      .on('error', (error) => (text === '' ? failed(error) : done(text)));
  });
