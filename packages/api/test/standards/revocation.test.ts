import { mintToken } from '@latchkey/core/token';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
let http: HttpServer;

beforeAll(async () => {
  installation = await openInstallation();
  http = await serveHttp(installation.deps);
});
afterAll(async () => {
  await http?.close();
  await installation?.close();
});

interface Issued {
  readonly text: string;
  readonly id: string;
}

const issue = async (name: string, more: object = {}, memberId = 'dana', organizationId = 'acme'): Promise<Issued> => {
  const member = await installation.member(organizationId, memberId);
  const { tokenText: text, token } = await member.tokens.issue({ name, ...more });
  return { text, id: token.tokenId };
};
const managing = { permissions: { type: 'inherit', manageTokens: true } } as const;

const revoke = (token: string, authorization?: string, more: Record<string, string> = {}) =>
  fetch(`${http.url}/oauth/revoke`, {
    method: 'POST',
    body: new URLSearchParams({ token, ...more }),
    headers: authorization === undefined ? {} : { authorization },
  });
const stateOf = async ({ id }: Issued) => {
  const [row] = await installation.sql<{ state: string }>('select state from latchkey.token where token_id = ?', [id]);
  return row?.state;
};
const isAccepted = async ({ text }: Issued) => {
  const verdict = await installation.verifier().verify.verify({ presentedToken: text });
  return verdict.accepted;
};
const changesOf = async ({ id }: Issued) => {
  const rows = await installation.sql('select 1 from latchkey.change where subject_id = ?', [id]);
  return rows.length;
};
const eventsOf = ({ id }: Issued) =>
  installation.sql<{ action: string; actor_type: string; actor_id: string }>(
    "select action, actor_type, actor_id from latchkey.audit_event where target_id = ? and action <> 'token.issued'",
    [id],
  );

describe('RFC 7009: whoever holds a token can end it', () => {
  it.each([
    ['without another credential', () => undefined],
    ['presenting it as its own credential', (text: string) => `Bearer ${text}`],
    [
      'as client_id and client_secret',
      (text: string, id: string) => `Basic ${Buffer.from(`${id}:${text}`).toString('base64')}`,
    ],
  ])('%s', async (name, authorization) => {
    const token = await issue(name);
    const answer = await revoke(token.text, authorization(token.text, token.id));
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await stateOf(token)).toBe('revoked');
    expect(await isAccepted(token)).toBe(false);
    expect(await eventsOf(token)).toEqual([{ action: 'token.revoked', actor_type: 'token', actor_id: token.id }]);
  });

  it('an inactive one, and one that is used from elsewhere, too: a leaked token shall not come back', async () => {
    const inactive = await issue('inactive');
    await (await installation.member('acme', 'dana')).tokens.deactivate({ tokenId: inactive.id });
    const ranged = await issue('ranged', { addressRanges: ['192.0.2.0/24'] });
    for (const token of [inactive, ranged]) {
      expect((await revoke(token.text)).status).toBe(200);
      expect(await stateOf(token)).toBe('revoked');
    }
  });

  it('said again it changes nothing, and is settled like the first (DEAD-ON-RETURN)', async () => {
    const token = await issue('twice');
    for (const authorization of [undefined, undefined, `Bearer ${token.text}`]) {
      const before = await changesOf(token);
      expect((await revoke(token.text, authorization)).status).toBe(200);
      // What it waits for: a change of its own in the feed.
      expect(await changesOf(token)).toBe(before + 1);
    }
    expect(await eventsOf(token)).toHaveLength(1);
  });

  it('BOUNDED-WORK: asked for a hundred times at once, it is written down a few times and answered a hundred times', async () => {
    const token = await issue('flood');
    await revoke(token.text);
    const before = await changesOf(token);
    const answers = await Promise.all(Array.from({ length: 100 }, () => revoke(token.text)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect((await changesOf(token)) - before).toBeLessThan(50);
  });

  it('a superseded secret ends itself and not the token that somebody else holds by now', async () => {
    const old = await issue('rotated');
    const dana = await installation.member('acme', 'dana');
    const rotated = await dana.tokens.rotate({ tokenId: old.id, graceMs: 3_600_000 });
    const newest = { text: rotated.tokenText, id: old.id };
    expect(await isAccepted(old)).toBe(true);
    expect((await revoke(old.text)).status).toBe(200);
    expect((await eventsOf(old)).map(({ action }) => action)).toEqual(['token.rotated', 'token.grace_period_cut']);
    expect([await isAccepted(old), await isAccepted(newest)]).toEqual([false, true]);
    // It has ended: said again, by it or by who manages the token, its successor goes on.
    const manager = await issue('manager of the rotated', managing);
    for (const authorization of [undefined, `Bearer ${manager.text}`]) {
      expect((await revoke(old.text, authorization)).status).toBe(200);
      expect(await isAccepted(newest)).toBe(true);
    }
    expect((await dana.tokens.get({ tokenId: old.id })).secrets).toHaveLength(1);
  });
});

describe('RFC 7009: whoever manages a token can end it', () => {
  it('its owner, by a token that may manage tokens; the audit trail names that one', async () => {
    const token = await issue('managed');
    const manager = await issue('manager', managing);
    expect((await revoke(token.text, `Bearer ${manager.text}`)).status).toBe(200);
    expect(await stateOf(token)).toBe('revoked');
    expect(await eventsOf(token)).toEqual([{ action: 'token.revoked', actor_type: 'token', actor_id: manager.id }]);
  });

  it('nobody else: who may see the token is told so, who may not is told what is told of made-up ones', async () => {
    const token = await issue('of olivia', {}, 'olivia');
    const seeing = await issue('that may list', managing);
    const refused = await revoke(token.text, `Bearer ${seeing.text}`);
    expect([refused.status, await refused.json()]).toEqual([403, { error: 'unauthorized_client' }]);
    const blind = await issue('that may not list');
    const told = await revoke(token.text, `Bearer ${blind.text}`);
    expect([told.status, await told.text()]).toEqual([200, '']);
    expect(await isAccepted(token)).toBe(true);
  });

  it("TENANT-WALL: not even another organization's Owner, who is told what is told of made-up tokens", async () => {
    const token = await issue('of acme');
    const gina = await issue('of globex', managing, 'gina', 'globex');
    const told = async (text: string) => {
      const answer = await revoke(text, `Bearer ${gina.text}`);
      return [answer.status, await answer.text()];
    };
    expect(await told(token.text)).toEqual(await told('made up'));
    expect(await isAccepted(token)).toBe(true);
  });

  it('no verifier credential: it looks at tokens and manages none', async () => {
    const { text } = await issueVerifierCredential(installation.deps, { name: 'verifier', organizationIds: null });
    const token = await issue('verified');
    const answer = await revoke(token.text, `Bearer ${text}`);
    expect([answer.status, await answer.json()]).toEqual([403, { error: 'unauthorized_client' }]);
    expect(await isAccepted(token)).toBe(true);
  });

  it('nobody with a credential that is refused', async () => {
    const token = await issue('kept');
    const dead = await issue('dead');
    await revoke(dead.text);
    for (const text of ['x', dead.text]) {
      const answer = await revoke(token.text, `Bearer ${text}`);
      expect([answer.status, await answer.json()]).toEqual([401, { error: 'invalid_client' }]);
    }
    expect(await isAccepted(token)).toBe(true);
  });
});

describe('what is no token is 200, like one that was (PROOF-FIRST)', () => {
  it('a made-up text, one with a wrong secret, a verifier credential', async () => {
    const token = await issue('still good');
    const other = await issue('other');
    const { text } = await issueVerifierCredential(installation.deps, { name: 'kept', organizationIds: null });
    const wrong = `${token.text.slice(0, 24)}${other.text.slice(24)}`;
    const { crypto, keys } = installation.deps;
    const minted = { prefix: 'lk', kind: 'personal', routingKey: token.id.slice(0, 3), tagKeys: keys.tagKeys } as const;
    const before = await changesOf(token);
    for (const presented of [
      'x',
      wrong,
      mintToken(crypto, { ...minted, tokenId: token.id }).text,
      text,
      `${token.text}\0`,
      ` ${token.text}`,
    ]) {
      const answer = await revoke(presented);
      expect([answer.status, await answer.text()]).toEqual([200, '']);
    }
    expect(await isAccepted(token)).toBe(true);
    // BOUNDED-WORK: who has proved nothing has nothing written, and nobody woken.
    expect(await changesOf(token)).toBe(before);
    expect(
      (
        await fetch(`${http.url}/oauth/introspect`, {
          method: 'POST',
          body: new URLSearchParams({ token: token.text }),
          headers: { authorization: `Bearer ${text}` },
        })
      ).status,
    ).toBe(200);
  });

  it('and no parameter is 400', async () => {
    const answer = await revoke('');
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_request' }]);
  });
});

describe('stock OAuth clients', () => {
  it('oauth4webapi revokes, as a public client and as the token itself', async () => {
    const issuer = new URL(http.url);
    const insecure = { [oauth.allowInsecureRequests]: true };
    const discovered = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' });
    const server = await oauth.processDiscoveryResponse(issuer, discovered);
    for (const [name, authentication] of [
      ['public', () => oauth.None()],
      ['confidential', ({ text }: Issued) => oauth.ClientSecretBasic(text)],
    ] as const) {
      const token = await issue(`oauth4webapi ${name}`);
      const client = { client_id: token.id };
      const answer = await oauth.revocationRequest(server, client, authentication(token), token.text, insecure);
      await oauth.processRevocationResponse(answer);
      expect(await isAccepted(token)).toBe(false);
    }
  });

  it('openid-client revokes', async () => {
    const token = await issue('openid-client');
    const configuration = await openid.discovery(
      new URL(http.url),
      token.id,
      undefined,
      openid.ClientSecretBasic(token.text),
      { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] },
    );
    await openid.tokenRevocation(configuration, token.text);
    expect(await isAccepted(token)).toBe(false);
    // The client's credential was the token itself: said again, it is as revoked as before.
    await openid.tokenRevocation(configuration, token.text);
  });
});
