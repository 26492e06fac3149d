import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
let http: HttpServer;
let verifier: string;
let dana: string;
let cookie: string;
beforeAll(async () => {
  installation = await openInstallation();
  http = await serveHttp(installation.deps);
  cookie = await http.signIn('acme', 'dana');
  dana = (await (await installation.member('acme', 'dana')).tokens.issue({ name: 'presented' })).tokenText;
  verifier = (await issueVerifierCredential(installation.deps, { name: 'verifier', organizationIds: null })).text;
});
afterAll(async () => {
  await http.close();
  await installation.close();
});

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What differs from answer to answer, and what names a protocol that was not spoken. */
const OWN = ['date', 'latchkey-request-id', 'vary', 'transfer-encoding', 'content-length', 'connection', 'keep-alive'];

const answerOf = async ({ path = 'verify.verify', method = 'POST', headers = {}, body }: Sent, query: '' | '?') => {
  const sent = body === undefined ? {} : { body };
  const as = 'cookie' in headers || 'authorization' in headers ? {} : { authorization: `Bearer ${verifier}` };
  const answer = await fetch(`${http.url}/trpc/${path}${query}`, {
    method,
    headers: { 'content-type': 'application/json', ...as, ...headers },
    ...sent,
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: [...answer.headers]
      .filter(([name]) => !OWN.includes(name))
      .map(([name, value]) => `${name}: ${value.replace('; charset=utf-8', '')}`),
    body: text === '' ? null : (JSON.parse(text) as { readonly result?: unknown; readonly error?: unknown }),
  };
};

const presented = () => JSON.stringify({ presentedToken: dana });
const request = { action: 'ReadFlag', resource: 'project/shop:env/prod:flag/checkout' };

/** Each by its name, and the status that both ways give it. */
const calls: readonly (readonly [name: string, status: number, sent: () => Sent])[] = [
  ['a good token', 200, () => ({ body: presented() })],
  ['a made-up one', 200, () => ({ body: JSON.stringify({ presentedToken: 'lk_pat_nobody' }) })],
  ['a decision', 200, () => ({ path: 'verify.decide', body: JSON.stringify({ presentedToken: dana, request }) })],
  ['a look-up', 200, () => ({ path: 'verify.lookUp', body: JSON.stringify({ tokens: [{ presentedToken: 'x' }] }) })],
  ['no body', 400, () => ({})],
  ['an empty body', 400, () => ({ body: '' })],
  ['half of a body', 400, () => ({ body: '{"presentedToken":' })],
  ['a field that is none', 400, () => ({ body: JSON.stringify({ presentedToken: dana, more: 1 }) })],
  ['a list', 400, () => ({ body: '[]' })],
  ['a form', 415, () => ({ body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } })],
  ['a compressed body', 415, () => ({ body: '{}', headers: { 'content-encoding': 'gzip' } })],
  ['more than a megabyte', 413, () => ({ body: JSON.stringify({ presentedToken: 'x'.repeat(2_000_000) }) })],
  ['a wrong credential', 401, () => ({ body: presented(), headers: { authorization: `Bearer ${verifier}x` } })],
  ['two credentials', 400, () => ({ body: presented(), headers: { cookie, authorization: `Bearer ${verifier}` } })],
  ['somebody who signed in', 403, () => ({ body: presented(), headers: { cookie, origin: http.url } })],
  ['a page of somebody else', 403, () => ({ body: presented(), headers: { cookie, origin: 'https://evil.example' } })],
  ['a token', 403, () => ({ body: presented(), headers: { authorization: `Bearer ${dana}` } })],
  ['another method', 405, () => ({ method: 'GET' })],
  ['a method that nothing takes', 405, () => ({ method: 'PUT', body: presented() })],
  ['a stream', 400, () => ({ body: presented(), headers: { 'trpc-accept': 'application/jsonl' } })],
];

describe('a verification that is sent by itself is answered without tRPC’s adapter as with it', () => {
  it.each(calls)('%s', async (_, status, sent) => {
    // With a query, an empty one too, it goes the long way.
    const [short, long] = [await answerOf(sent(), ''), await answerOf(sent(), '?')];
    expect(short).toEqual(long);
    expect(short.status).toBe(status);
    expect(short.body).toHaveProperty(status === 200 ? 'result.data' : 'error.data.code');
  });
});
