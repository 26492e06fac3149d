import { mintToken } from '@latchkey/core/token';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

/**
 * What the node does on its own account, a few times a second, and what is no cost of a request: it follows the change feed
 * and writes last uses down.
 */
const BACKGROUND = ['store.feed', 'store.tokens.recordUses'];

/** Counts what is asked of a port. */
const counted = <Port extends object>(port: Port, name: string, asked: string[]): Port =>
  new Proxy(port, {
    get: (target, key, receiver) => {
      const value: unknown = Reflect.get(target, key, receiver);
      const path = `${name}.${String(key)}`;
      if (BACKGROUND.includes(path)) return typeof value === 'function' ? value.bind(target) : value;
      if (typeof value === 'function') {
        return (...given: unknown[]) => {
          asked.push(path);
          return Reflect.apply(value, target, given);
        };
      }
      return typeof value === 'object' && value !== null ? counted(value, path, asked) : value;
    },
  });

let installation: Installation;
let http: HttpServer;
let good: string;
let goodId: string;
let verifier: string;
const asked: string[] = [];
beforeAll(async () => {
  installation = await openInstallation();
  const { store, host } = installation.deps;
  http = await serveHttp({
    ...installation.deps,
    store: counted(store, 'store', asked),
    host: counted(host, 'host', asked),
  });
  const dana = await installation.member('acme', 'dana');
  const { tokenText, token } = await dana.tokens.issue({ name: 'good', permissions: { type: 'inherit' } });
  [good, goodId] = [tokenText, token.tokenId];
  verifier = (await issueVerifierCredential(installation.deps, { name: 'verifier', organizationIds: null })).text;
});
afterAll(async () => {
  await http?.close();
  await installation?.close();
});
beforeEach(() => {
  asked.length = 0;
});

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const send = (head: readonly string[], body = '') =>
  http.raw([...head, 'Host: x', 'Connection: close', `Content-Length: ${body.length}`, '', body].join('\r\n'));
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);

/** Every place that takes a credential of a caller; `text` is a whole Authorization header's value. */
const callers: Readonly<Record<string, (value: string) => Promise<string>>> = {
  'the typed API': (value) => send(['GET /trpc/self.whoami HTTP/1.1', `Authorization: ${value}`]),
  'a public procedure of it': (value) => send(['GET /trpc/system.health HTTP/1.1', `Authorization: ${value}`]),
  REST: (value) => send(['GET /api/v1/self HTTP/1.1', `Authorization: ${value}`]),
  'REST with a body': (value) =>
    send(['POST /api/v1/tokens HTTP/1.1', `Authorization: ${value}`, 'Content-Type: application/json'], '{"name":"x"}'),
  introspection: (value) =>
    send(
      ['POST /oauth/introspect HTTP/1.1', `Authorization: ${value}`, 'Content-Type: application/x-www-form-urlencoded'],
      form({ token: 'x' }),
    ),
  revocation: (value) =>
    send(
      ['POST /oauth/revoke HTTP/1.1', `Authorization: ${value}`, 'Content-Type: application/x-www-form-urlencoded'],
      form({ token: 'another' }),
    ),
};

/** Every place that takes somebody's token in a verifier's name, as the text alone; what a refusal of it looks like. */
const presenting: Readonly<Record<string, (text: string) => Promise<string>>> = {
  'introspection of it': (token) =>
    send(
      [
        'POST /oauth/introspect HTTP/1.1',
        `Authorization: Bearer ${verifier}`,
        'Content-Type: application/x-www-form-urlencoded',
      ],
      form({ token }),
    ),
  'revocation by its holder': (token) =>
    send(['POST /oauth/revoke HTTP/1.1', 'Content-Type: application/x-www-form-urlencoded'], form({ token })),
  'verify.verify': (presentedToken) =>
    send(
      ['POST /trpc/verify.verify HTTP/1.1', `Authorization: Bearer ${verifier}`, 'Content-Type: application/json'],
      // In ASCII, so that its length is its bytes.
      JSON.stringify({ presentedToken }).replace(
        /[^\x20-\x7e]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    ),
};

const OTHER_SCHEMES = ['bEARER   ', 'Bearer\t', 'Bearer Bearer ', 'Basic ', 'Digest ', 'Negotiate ', 'token '];

const swap = (text: string, at: number, to: string) => text.slice(0, at) + to + text.slice(at + 1);
const other = (character: string | undefined) => (character === 'A' ? 'B' : 'A');

/** Texts that were never minted: checksum or tag fails. */
const madeUp = (): Readonly<Record<string, string>> => {
  const { crypto } = installation.deps;
  const foreign = (kind: 'personal' | 'service' | 'system', tokenId?: string) =>
    mintToken(crypto, {
      prefix: 'lk',
      kind,
      routingKey: kind === 'system' ? '000' : (tokenId ?? 'abc').slice(0, 3),
      tagKeys: [{ id: 'somebody-elses', bytes: crypto.randomBytes(32) }],
      ...(tokenId === undefined ? {} : { tokenId }),
    }).text;
  const [, , , secret = ''] = good.split('_');
  return {
    'one word': 'x',
    'a word for nothing': 'null',
    json: '{"token":1}',
    'a tokenless shape': `lk_pat_${goodId}`,
    'with a space in it': `${good.slice(0, 30)} ${good.slice(30)}`,
    'with a tab in it': `${good.slice(0, 30)}\t${good.slice(30)}`,
    'in quotes': `"${good}"`,
    'percent-encoded': good.replaceAll('_', '%5F'),
    'twice percent-encoded': good.replaceAll('_', '%255F'),
    'in base64': Buffer.from(good).toString('base64'),
    'in capitals': good.toUpperCase(),
    'without its prefix': good.slice(3),
    'of another platform': good.replace(/^lk_/, 'zz_'),
    'as a service token': good.replace('_pat_', '_svc_'),
    'as a credential': good.replace('_pat_', '_sys_'),
    'with another id': `lk_pat_${swap(goodId, 15, other(goodId[15]))}_${secret}`,
    'cut short': good.slice(0, -1),
    'cut in front': good.slice(1),
    'with more behind it': `${good}A`,
    'said twice': `${good}${good}`,
    'of 8 KiB': 'y'.repeat(8_192),
    'of 8 KiB, beginning well': good + 'y'.repeat(8_192 - good.length),
    'with somebody else’s tag': foreign('personal'),
    'with somebody else’s tag and a good id': foreign('personal', goodId),
    'a service token with somebody else’s tag': foreign('service'),
    'a credential with somebody else’s tag': foreign('system'),
  };
};

describe('in Authorization: 401 or 400, without asking the store or the host (BOUNDED-WORK)', () => {
  it.each(Object.keys(callers))('%s', async (name) => {
    const call = callers[name] ?? (() => Promise.reject(new Error('no such place')));
    for (const [what, text] of Object.entries(madeUp())) {
      for (const scheme of ['Bearer ', '', ...(what === 'cut short' ? OTHER_SCHEMES : [])]) {
        const answer = await call(scheme + text);
        expect([400, 401], `${scheme}${what}: ${answer.slice(0, 60)}`).toContain(statusOf(answer));
        expect(answer, what).not.toContain(good);
      }
    }
    for (const value of [
      '',
      ' ',
      'Bearer',
      'Bearer ',
      ',',
      ', ,',
      'Basic',
      'Basic :',
      `Basic ${good}`,
      'é',
      '\xff\xfe',
    ]) {
      expect([400, 401], JSON.stringify(value)).toContain(statusOf(await call(value)));
    }
    expect(asked).toEqual([]);
  });

  it('every single wrong character, wherever it stands (ONE-TEXT)', async () => {
    for (let at = 0; at < good.length; at += 1) {
      const answer = await fetch(`${http.url}/api/v1/self`, {
        headers: { authorization: `Bearer ${swap(good, at, other(good[at]))}` },
      });
      expect(answer.status, `at ${at}`).toBe(401);
    }
    expect(asked).toEqual([]);
  });

  it.each(Object.keys(callers))('two of them, a broken one and 2,100 headers: %s', async (name) => {
    const call = callers[name] ?? (() => Promise.reject(new Error('no such place')));
    for (const [value, statuses] of [
      [`Bearer ${good}\r\nAuthorization: Bearer ${good}`, [400]],
      [`Bearer ${good}, Bearer ${good}`, [400]],
      [`Bearer ${good}\r\nX-Api-Key: ${good}`, [400]],
      [`Bearer x\r\nCookie: t=${good}`, [400]],
      [`Bearer ${good}\r\n${'a:\r\n'.repeat(2_100)}Authorization: Bearer ${good}`, [431]],
      [`Bearer ${good}\r\n${'a:\r\n'.repeat(250)}b:`, [431]],
      [`Bearer ${good}\0`, [400]],
      [`Bearer \0`, [400]],
      [`Bearer ${good}\r\n folded`, [400]],
      [`Bearer ${'x'.repeat(64 * 1024)}`, [431]],
    ] as const) {
      const answer = await call(value);
      expect(statuses, `${JSON.stringify(value.slice(0, 40))}: ${answer.slice(0, 60)}`).toContain(statusOf(answer));
      expect(answer).not.toContain(good);
    }
    expect(asked).toEqual([]);
  });

  it('a token in the URL or in the path, also percent-encoded, is 400 everywhere', async () => {
    for (const path of ['/trpc/self.whoami', '/api/v1/self', '/oauth/introspect', '/oauth/revoke']) {
      const method = path.startsWith('/oauth') ? 'POST' : 'GET';
      for (const query of [`?access_token=${good}`, `?x=${good}`, `?x=${good.replaceAll('_', '%5f')}`, '?api_key=x']) {
        const answer = await send([`${method} ${path}${query} HTTP/1.1`]);
        expect(statusOf(answer), `${path}${query.slice(0, 14)}`).toBe(400);
      }
    }
    expect(asked).toEqual([]);
  });
});

describe('presented by somebody else: refused at no cost of its own', () => {
  /** What the verifier credential itself costs, which is good and is looked at. */
  const withoutCredential = () => asked.filter((name) => !name.startsWith('store.credentials.'));

  it.each(Object.keys(presenting))('%s', async (name) => {
    const present = presenting[name] ?? (() => Promise.reject(new Error('no such place')));
    const reference = await present('nonsense');
    expect(statusOf(reference)).toBe(200);
    const bodyOf = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n'));
    const more = {
      'with a NUL': `${good}\0`,
      'with a space behind it': `${good} `,
      'with a line behind it': `${good}\n`,
    };
    for (const [what, text] of Object.entries({ ...madeUp(), ...more, 'not ASCII': 'ключ' })) {
      const answer = await present(text);
      // Longer than any text that is taken: bad input there, as to whom it is sent.
      if (statusOf(answer) === 400 && text.length > 4_096) continue;
      expect([statusOf(answer), bodyOf(answer)], what).toEqual([200, bodyOf(reference)]);
    }
    expect(withoutCredential()).toEqual([]);
  });

  it('/forward-auth', async () => {
    for (const [what, text] of Object.entries(madeUp())) {
      const answer = await send([
        'GET /forward-auth HTTP/1.1',
        `Latchkey-Verifier: ${verifier}`,
        `Authorization: Bearer ${text}`,
      ]);
      expect(statusOf(answer), what).toBe(401);
    }
    const twice = [`Latchkey-Verifier: ${verifier}`, `Authorization: ${good}`, `Authorization: ${good}`];
    expect(statusOf(await send(['GET /forward-auth HTTP/1.1', ...twice]))).toBe(400);
    expect(withoutCredential()).toEqual([]);
  });

  it('/forward-auth, whose own credential was made up, asks nobody at all', async () => {
    for (const text of Object.values(madeUp())) {
      const answer = await send([
        'GET /forward-auth HTTP/1.1',
        `Latchkey-Verifier: ${text}`,
        `Authorization: Bearer ${good}`,
      ]);
      expect(statusOf(answer)).toBe(403);
    }
    expect(asked).toEqual([]);
  });
});

describe('what was minted and is refused costs one look-up', () => {
  const minted = (kind: 'personal' | 'service', tokenId?: string) => {
    const { crypto, keys } = installation.deps;
    const routingKey = (tokenId ?? 'abc').slice(0, 3);
    const made = { prefix: 'lk', kind, routingKey, tagKeys: keys.tagKeys } as const;
    return mintToken(crypto, tokenId === undefined ? made : { ...made, tokenId }).text;
  };

  it.each([
    ['an unknown personal token', () => minted('personal')],
    ['an unknown service token', () => minted('service')],
    ['a known one with a wrong secret', () => minted('personal', goodId)],
    ['a known one as another kind', () => minted('service', goodId)],
  ])('%s', async (_, text) => {
    const answer = await fetch(`${http.url}/api/v1/self`, { headers: { authorization: `Bearer ${text()}` } });
    expect(answer.status).toBe(401);
    expect(asked).toHaveLength(1);
  });

  it('and the good one is still good', async () => {
    const answer = await fetch(`${http.url}/api/v1/self`, { headers: { authorization: `Bearer ${good}` } });
    expect(answer.status).toBe(200);
    expect(asked).not.toEqual([]);
  });
});

it('a flood of made-up tokens asks nobody, and good ones are answered in the middle of it', async () => {
  const { crypto } = installation.deps;
  const flood = Array.from({ length: 400 }, (_, index) =>
    index % 2 === 0
      ? mintToken(crypto, {
          prefix: 'lk',
          kind: 'personal',
          routingKey: 'abc',
          tagKeys: [{ id: 'mine', bytes: crypto.randomBytes(32) }],
        }).text
      : `lk_pat_${'x'.repeat(index % 120)}`,
  );
  const ask = async (text: string) => {
    const answer = await fetch(`${http.url}/api/v1/self`, { headers: { authorization: `Bearer ${text}` } });
    await answer.arrayBuffer();
    return answer.status;
  };
  const statuses = await Promise.all(flood.map(ask));
  expect(new Set(statuses)).toEqual(new Set([401]));
  expect(asked).toEqual([]);
  const mixed = await Promise.all([...flood.slice(0, 100).map(ask), ask(good)]);
  expect(mixed.at(-1)).toBe(200);
});
