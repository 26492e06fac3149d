import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
let http: HttpServer;
let verifier: { readonly text: string; readonly id: string };
let token: { readonly text: string; readonly id: string };

beforeAll(async () => {
  installation = await openInstallation();
  http = await serveHttp(installation.deps);
  verifier = await credential('resource server', null);
  token = await issue('good', { project: 'shop', expiresAt: '2031-02-03T04:05:06.789Z' });
});
afterAll(async () => {
  await http?.close();
  await installation?.close();
});

const credential = async (name: string, organizationIds: readonly string[] | null) => {
  const made = await issueVerifierCredential(installation.deps, { name, organizationIds });
  return { text: made.text, id: made.credential.credentialId };
};
const issue = async (name: string, more: object = {}) => {
  const issued = await (await installation.member('acme', 'dana')).tokens.issue({ name, ...more });
  return { text: issued.tokenText, id: issued.token.tokenId };
};

const basic = (id: string, text: string) => `Basic ${Buffer.from(`${id}:${text}`).toString('base64')}`;
const ask = (fields: Record<string, string> | string, authorization?: string, more: Record<string, string> = {}) =>
  fetch(`${http.url}/oauth/introspect`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { ...(authorization === undefined ? {} : { authorization }), ...more },
  });
const introspect = async (fields: Record<string, string>, by = `Bearer ${verifier.text}`) => {
  const answer = await ask(fields, by);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return (await answer.json()) as { readonly exp?: number };
};

describe('RFC 7662: a good token is active, and only listed fields are told (ALLOW-LISTED-OUTPUT)', () => {
  it.each([
    ['Bearer', () => `Bearer ${verifier.text}`],
    ['HTTP Basic', () => basic(verifier.id, verifier.text)],
    ['HTTP Basic, form-encoded', () => basic(verifier.id, verifier.text.replaceAll('_', '%5F'))],
  ])('to a verifier credential as %s', async (_, authorization) => {
    expect(await introspect({ token: token.text, token_type_hint: 'refresh_token' }, authorization())).toEqual({
      active: true,
      token_type: 'Bearer',
      iss: http.url,
      sub: 'dana',
      jti: token.id,
      exp: Math.floor(Date.parse('2031-02-03T04:05:06.789Z') / 1_000),
      iat: expect.any(Number),
      kind: 'personal',
      name: 'good',
      organization: 'acme',
      project: 'shop',
      owner: 'dana',
    });
  });

  it('a service token speaks for itself, and one without expiry has no exp', async () => {
    const olivia = await installation.member('acme', 'olivia');
    const { tokenText, token: issued } = await olivia.tokens.issue({
      kind: 'service',
      name: 'deploy',
      permissions: { type: 'ability', ability: 'read' },
    });
    const told = await introspect({ token: tokenText });
    expect(told).toMatchObject({ active: true, kind: 'service', sub: issued.tokenId, owner: null, project: null });
    expect(told).not.toHaveProperty('exp');
    // NO-ESCALATION: no list of words that a demotion would make wrong.
    expect(told).not.toHaveProperty('scope');
  });

  it("a superseded secret's exp is the end of its grace period, not the token's expiry", async () => {
    const old = await issue('rotated', { expiresAt: '2031-01-01T00:00:00Z' });
    const rotated = await (await installation.member('acme', 'dana')).tokens.rotate({
      tokenId: old.id,
      graceMs: 60_000,
    });
    const [, superseded] = rotated.token.secrets;
    const { exp } = await introspect({ token: old.text });
    expect(exp).toBe(Math.floor(Date.parse(superseded?.acceptedUntil ?? '') / 1_000));
    expect((await introspect({ token: rotated.tokenText })).exp).toBe(Date.parse('2031-01-01T00:00:00Z') / 1_000);
  });

  it('a token with address ranges needs the address that it was presented from', async () => {
    const ranged = await issue('ranged', { addressRanges: ['192.0.2.0/24'] });
    expect(await introspect({ token: ranged.text })).toEqual({ active: false });
    expect(await introspect({ token: ranged.text, address: '198.51.100.1' })).toEqual({ active: false });
    expect(await introspect({ token: ranged.text, address: '192.0.2.9' })).toMatchObject({ active: true });
  });
});

describe('every refusal is {"active":false} and nothing else (PROOF-FIRST)', () => {
  it.each([
    ['nonsense', async () => 'nonsense'],
    ['8 KiB', async () => 'x'.repeat(8_192)],
    ['a NUL', async () => `${token.text}\0`],
    ['a space behind it', async () => `${token.text} `],
    ['a checksum that is wrong', async () => token.text.slice(0, -1)],
    ['a verifier credential', async () => verifier.text],
    [
      'a revoked token',
      async () => {
        const { text, id } = await issue('revoked');
        await (await installation.member('acme', 'dana')).tokens.revoke({ tokenId: id });
        return text;
      },
    ],
    [
      'an inactive token',
      async () => {
        const { text, id } = await issue('inactive');
        await (await installation.member('acme', 'dana')).tokens.deactivate({ tokenId: id });
        return text;
      },
    ],
  ])('%s', async (_, text) => {
    const answer = await ask({ token: await text() }, `Bearer ${verifier.text}`);
    expect([answer.status, await answer.text()]).toEqual([200, '{"active":false}']);
  });

  it("TENANT-WALL: another organization's, to a credential of some, and to a question about one", async () => {
    const elsewhere = await credential('of globex', ['globex']);
    expect(await introspect({ token: token.text }, `Bearer ${elsewhere.text}`)).toEqual({ active: false });
    expect(await introspect({ token: token.text, organization: 'globex' })).toEqual({ active: false });
    expect(await introspect({ token: token.text, organization: 'acme' })).toMatchObject({ active: true });
    expect(await introspect({ token: token.text, organization: 'acme' }, `Bearer ${elsewhere.text}`)).toEqual({
      active: false,
    });
  });
});

describe('DEFAULT-DENY: nobody introspects without a verifier credential', () => {
  const refusedBy = async (authorization: string | undefined) => {
    const answer = await ask({ token: token.text }, authorization);
    return [answer.status, answer.headers.get('www-authenticate'), await answer.json()];
  };

  it('without one', async () => {
    expect(await refusedBy(undefined)).toEqual([401, 'Bearer', { error: 'invalid_client' }]);
  });

  it('with a wrong one, by the scheme that was used, the same for every reason', async () => {
    const made = `${verifier.text.slice(0, -1)}${verifier.text.endsWith('x') ? 'y' : 'x'}`;
    for (const text of ['x', made, verifier.text.slice(1)]) {
      expect(await refusedBy(`Bearer ${text}`)).toEqual([
        401,
        'Bearer error="invalid_token"',
        { error: 'invalid_client' },
      ]);
    }
    const challenge = 'Basic realm="latchkey", charset="UTF-8"';
    for (const wrong of [
      basic(verifier.id, made),
      basic('0000000000000000', verifier.text),
      basic(verifier.text, verifier.text),
      basic('', verifier.text),
      `Basic ${Buffer.from(verifier.text).toString('base64')}`,
      `Basic ${verifier.text}%%%`,
      basic(verifier.id, '%ff'),
      'Basic ',
    ]) {
      expect(await refusedBy(wrong), wrong).toEqual([401, challenge, { error: 'invalid_client' }]);
    }
  });

  it("with an organization's token, however much it may", async () => {
    const [status, challenge] = await refusedBy(`Bearer ${token.text}`);
    expect([status, challenge]).toEqual([403, 'Bearer error="insufficient_scope"']);
  });

  it('by a session: what a foreign page posts has no authority', async () => {
    const cookie = await http.signIn('acme', 'olivia');
    const answer = await ask({ token: token.text }, undefined, { cookie, origin: http.url });
    expect(answer.status).toBe(401);
  });
});

describe('what is wrong with the call is said in the words of RFC 6749', () => {
  const by = () => ({ authorization: `Bearer ${verifier.text}` });

  it.each([
    ['no token', 'token_type_hint=access_token', {}, 400],
    ['an empty token', 'token=', {}, 400],
    ['two tokens', 'token=a&token=b', {}, 400],
    ['a secret in the body', 'token=a&client_id=b&client_secret=c', {}, 400],
    ['a body that is no form', '{"token":"a"}', { 'content-type': 'application/json' }, 415],
    ['a compressed body', 'token=a', { 'content-encoding': 'gzip' }, 415],
    ['more than 16 KiB', `token=${'x'.repeat(20_000)}`, {}, 413],
    ['a token in the URL', 'token=a', { 'x-api-key': 'TOKEN' }, 400],
  ])('%s', async (_, body, headers, status) => {
    const answer = await fetch(`${http.url}/oauth/introspect`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...by(),
        ...Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, value.replace('TOKEN', token.text)]),
        ),
      },
    });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: 'invalid_request' });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('GET is 405: a token in a query would stand in every log', async () => {
    const answer = await fetch(`${http.url}/oauth/introspect?token=x`, { headers: by() });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('nothing of a presented token is logged (SECRET-ONCE)', () => {
    expect(http.logged()).toContain('/oauth/introspect');
    expect(http.logged()).not.toContain(token.text);
    expect(http.logged()).not.toContain(verifier.text);
  });
});

describe('stock OAuth clients', () => {
  it('oauth4webapi discovers the endpoint and introspects', async () => {
    const issuer = new URL(http.url);
    const insecure = { [oauth.allowInsecureRequests]: true };
    const discovered = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' });
    const server = await oauth.processDiscoveryResponse(issuer, discovered);
    const client = { client_id: verifier.id };
    const answer = await oauth.introspectionRequest(
      server,
      client,
      oauth.ClientSecretBasic(verifier.text),
      token.text,
      insecure,
    );
    expect(await oauth.processIntrospectionResponse(server, client, answer)).toMatchObject({
      active: true,
      sub: 'dana',
      jti: token.id,
    });
    const wrong = await oauth.introspectionRequest(
      server,
      client,
      oauth.ClientSecretBasic('wrong'),
      token.text,
      insecure,
    );
    await expect(oauth.processIntrospectionResponse(server, client, wrong)).rejects.toThrow();
  });

  it('openid-client introspects', async () => {
    const configuration = await openid.discovery(
      new URL(http.url),
      verifier.id,
      undefined,
      openid.ClientSecretBasic(verifier.text),
      { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] },
    );
    expect(await openid.tokenIntrospection(configuration, token.text)).toMatchObject({ active: true, jti: token.id });
    expect(await openid.tokenIntrospection(configuration, 'nonsense')).toEqual({ active: false });
  });
});
