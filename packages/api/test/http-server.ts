import { connect } from 'node:net';
import express, { type Express } from 'express';
import type { Listening } from '../src/commands/listen.ts';
import { listen } from '../src/commands/listen.ts';
import type { ApiDeps } from '../src/deps.ts';
import { createLogger } from '../src/logger.ts';
import { createLatchkey, type LatchkeyOptions } from '../src/server.ts';
import { issueSignInLink } from '../src/session/issue-sign-in-link.ts';

/** Latchkey behind a real socket. */
export interface HttpServer {
  readonly url: string;
  readonly deps: ApiDeps;
  readonly server: Listening;
  /** What our own logger has written, as it stands on standard output in production. */
  readonly logged: () => string;
  /** Opens a fresh one-time link of this member and gives the cookie pair. */
  signIn(organizationId: string, memberId: string): Promise<string>;
  /** Sends bytes as they are; gives what came back until the connection ended. */
  raw(bytes: string): Promise<string>;
  close(): Promise<void>;
}

export const serveHttp = async (
  given: ApiDeps,
  options: Partial<Omit<LatchkeyOptions, keyof ApiDeps>> & {
    readonly mount?: (app: Express) => Express;
    readonly settings?: Partial<ApiDeps['settings']>;
    readonly clock?: ApiDeps['clock'];
  } = {},
): Promise<HttpServer> => {
  const lines: string[] = [];
  const logger = createLogger('trace', { write: (line) => void lines.push(line) });
  const { mount = (app) => app, settings, clock = given.clock, ...rest } = options;
  const app = express();
  // The port is known only once it is taken, and the URL has it: the router is put behind it afterwards.
  let handler: Express | undefined;
  const server = await listen((request, response) => handler?.(request, response), { host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${server.port}`;
  const deps: ApiDeps = { ...given, clock, logger, settings: { ...given.settings, publicUrl: url, ...settings } };
  const latchkey = await createLatchkey({ ...deps, authenticateMember: 'links', ...rest });
  handler = mount(app).use(latchkey.express());
  return {
    url,
    deps,
    server,
    logged: () => lines.join(''),
    signIn: async (organizationId, memberId) => {
      const link = await issueSignInLink(deps, organizationId, memberId);
      const response = await fetch(link.url, { redirect: 'manual' });
      const [cookie] = response.headers.getSetCookie();
      if (response.status !== 303 || cookie === undefined) throw new Error(`the link answered ${response.status}`);
      return cookie.split(';', 1)[0] ?? '';
    },
    raw: (bytes) => sendRaw(server.port, bytes),
    close: async () => {
      await latchkey.close();
      await server.close(1_000);
    },
  };
};

export const sendRaw = (port: number, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
  });
