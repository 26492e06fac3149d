import { hash } from 'node:crypto';
import type { FindingView } from '@latchkey/contract';
import { HostUnavailable } from '@latchkey/core';
import { compilePermissions, decideLayers, type PermissionLayer } from '@latchkey/core/policy';
import { createVerifier, type Finding, type Verifier } from '@latchkey/core/verifier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticateCredential } from '../../src/authenticate/authenticate-credential.ts';
import { issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { revokeCredential } from '../../src/commands/revoke-credential.ts';
import type { ApiDeps } from '../../src/deps.ts';
import { tokenLayers } from '../../src/permissions/effective-layers.ts';
import { createVerifying } from '../../src/verifying/create-verifying.ts';
import { type Following, followFeed } from '../../src/verifying/follow-feed.ts';
import { serveHttp } from '../http-server.ts';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';
import { slowClocks } from '../verifying/slow-clocks.ts';

let installation: Installation;
let parts: Pick<ApiDeps, 'verifying' | 'verifier' | 'uses'>;
let following: Following;
beforeAll(async () => {
  installation = await openInstallation();
  const { deps } = installation;
  const verifying = createVerifying(deps, {}, slowClocks);
  parts = { verifying, verifier: verifying.verifier, uses: verifying.uses };
  following = followFeed({ feed: deps.store.feed, verifying, logger: deps.logger });
  await following.polled();
});
afterAll(async () => {
  await following.close();
  await installation.close();
});

const sibling = (organizationIds?: readonly string[]): Caller => installation.verifier(organizationIds, parts);
const find = async (presentedToken: string, by = sibling(), origin: object = {}): Promise<FindingView | undefined> =>
  (await by.verify.lookUp({ tokens: [{ presentedToken, ...origin }] })).answers[0]?.finding;
const compiled = (finding: FindingView | undefined): PermissionLayer[] => {
  if (finding?.outcome !== 'accepted') throw new Error('not accepted');
  return finding.layers.map(({ layer, dialect, policies, attributes }) => ({
    layer,
    permissions: compilePermissions(policies as never, { dialect, attributes }),
  }));
};

describe('what a sibling looks up', () => {
  it('is what it needs to judge by itself, and nothing more', async () => {
    const dana = await installation.member('acme', 'dana');
    const issued = await dana.tokens.issue({ name: 'looked up', addressRanges: ['192.0.2.0/24'] });
    const { tokenId } = issued.token;
    const { answers } = await sibling().verify.lookUp({
      tokens: [{ presentedToken: issued.tokenText, address: '192.0.2.1' }, { presentedToken: 'nothing' }],
    });
    expect(answers[0]?.coherence).toEqual({
      incarnation: parts.verifier.coherence()?.incarnation,
      snapshot: expect.stringMatching(/^\d+:\d+:/),
    });
    expect(answers[0]?.finding).toMatchObject({
      outcome: 'accepted',
      about: { organizationId: 'acme', tokenId, ownerId: 'dana', dependsOnPermissions: true },
      ...{ secretNumber: 1, superseded: false, until: null, keep: true, addressRanges: ['192.0.2.0/24'] },
      token: { tokenId, kind: 'personal', name: 'looked up', organizationId: 'acme', project: null, ownerId: 'dana' },
      layers: [{ layer: 'token' }, { layer: 'owner' }],
    });
    expect(answers[1]?.finding).toEqual({ outcome: 'unknown', impossible: true });
    expect(JSON.stringify(answers)).not.toContain(issued.tokenText.slice(-30));
  });

  it('is this presentation’s alone while the secret has only been tried from elsewhere', async () => {
    const dana = await installation.member('acme', 'dana');
    const { tokenText } = await dana.tokens.issue({ name: 'elsewhere', addressRanges: ['192.0.2.0/24'] });
    expect(await find(tokenText, sibling(), { address: '198.51.100.1' })).toMatchObject({ keep: false });
    expect(await find(tokenText, sibling(), { address: '192.0.2.1' })).toMatchObject({ keep: true });
    expect(await find(tokenText, sibling(), { address: '198.51.100.1' })).toMatchObject({ keep: true });
  });

  it('says of a stopped token what whoever holds it may know', async () => {
    const dana = await installation.member('acme', 'dana');
    const { token, tokenText } = await dana.tokens.issue({ name: 'stopped' });
    const { tokenId } = token;
    await dana.tokens.deactivate({ tokenId });
    expect(await find(tokenText)).toMatchObject({ outcome: 'refused', status: 403, reason: 'inactive' });
    await dana.tokens.activate({ tokenId });
    await following.polled();
    expect(await find(tokenText)).toMatchObject({ outcome: 'accepted' });
    await dana.tokens.revoke({ tokenId });
    expect(await find(tokenText)).toEqual({ outcome: 'refused', status: 401, about: expect.anything() });
  });

  it('FAIL-CLOSED: says of a token whose host is away that it can’t be told, and of the others what they are', async () => {
    const { deps } = installation;
    const [dana, gina] = [await installation.member('acme', 'dana'), await installation.member('globex', 'gina')];
    const away = await dana.tokens.issue({ name: 'host away' });
    const there = await gina.tokens.issue({ name: 'host there' });
    const broken = await gina.tokens.issue({ name: 'row broken' });
    const findMember: typeof deps.host.findMember = async (organizationId, memberId) => {
      if (organizationId === 'acme') throw new HostUnavailable('away');
      return deps.host.findMember(organizationId, memberId);
    };
    const lookUp: typeof deps.store.tokens.lookUp = async (tokenId) => {
      if (tokenId === broken.token.tokenId) throw new TypeError('surprise');
      return deps.store.tokens.lookUp(tokenId);
    };
    const store = { ...deps.store, tokens: { ...deps.store.tokens, lookUp } };
    const verifying = createVerifying({ ...deps, store, host: { ...deps.host, findMember } }, {}, slowClocks);
    const { verifier } = verifying;
    const { verify } = installation.verifier(undefined, { verifying, verifier });
    const tokens = [away, there, broken].map(({ tokenText }) => ({ presentedToken: tokenText }));
    const { answers } = await verify.lookUp({ tokens });
    expect(answers.map(({ finding }) => finding.outcome)).toEqual(['unavailable', 'accepted', 'unavailable']);
    // What nobody knows is vouched for by nobody.
    expect(answers[0]).toEqual({ finding: { outcome: 'unavailable' }, coherence: { incarnation: '', snapshot: '' } });
    expect(installation.logged.filter((line) => line.includes('surprise'))).toHaveLength(1);
    expect(installation.logged.join('')).not.toContain(broken.tokenText.slice(-30));
  });

  it('costs no I/O where it was never minted', async () => {
    const untouchable = new Proxy({} as never, {
      get: (_, name) => {
        throw new Error(`asked for ${String(name)}`);
      },
    });
    const { deps } = installation;
    const verifying = createVerifying({ ...deps, store: { ...deps.store, tokens: untouchable }, host: untouchable });
    const { verify } = installation.verifier(undefined, { verifying, verifier: verifying.verifier });
    const made = ['', 'x'.repeat(4_096), `lk_pat_${'0'.repeat(66)}`, 'lk_pat_\u0000', 'Bearer lk_pat_'];
    const { answers } = await verify.lookUp({ tokens: made.map((presentedToken) => ({ presentedToken })) });
    expect(answers.every(({ finding }) => finding.outcome === 'unknown')).toBe(true);
    expect(verifying.verifier.metrics()).toMatchObject({ misses: 0, entries: 0 });
  });

  it('decides as the API does, whatever the permissions are', async () => {
    const { deps } = installation;
    const actions = ['*', 'ToggleFlag', 'CanAccessProject', 'UpdateFlag*', 'ListAccessTokens', 'CanManageIAM'];
    const resources = [
      '*',
      'project/shop',
      'project/shop:env/prod:flag/*',
      'project/*:env/*',
      'access-token/*',
      'iam/*',
    ];
    let seed = 7;
    const pick = <T>(items: readonly T[]): T => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return items[seed % items.length] as T;
    };
    const statement = () => ({
      effect: pick(['allow', 'allow', 'allow', 'deny']),
      actions: [pick(actions), pick(actions)],
      resources: [pick(resources)],
    });
    const olivia = await installation.principal('acme', 'olivia');
    const requests = actions
      .slice(1)
      .flatMap((action) =>
        ['project/shop', 'project/shop:env/prod:flag/a', 'project/x:env/dev:flag/b', 'access-token/1', 'iam/x'].map(
          (resource) => ({ action: action.replace('*', 'Name'), resource }),
        ),
      );
    let allowed = 0;
    for (let i = 0; i < 30; i += 1) {
      const permissions =
        i === 0
          ? { type: 'inherit' as const, manageTokens: false }
          : { type: 'statements' as const, statements: [statement(), statement(), statement()] };
      const caller = installation.as(olivia);
      const issued = await caller.tokens.issue({ name: `random ${i}`, permissions }).catch(() => null);
      if (issued === null) continue;
      const theirs = compiled(await find(issued.tokenText));
      const record = await deps.store.tokens.find('acme', issued.token.tokenId);
      const owner = await deps.host.findMember('acme', 'olivia');
      if (record === null) throw new Error('no such token');
      const ours = await tokenLayers(deps, record, owner);
      for (const request of requests) {
        const decision = decideLayers(ours, request);
        expect(decideLayers(theirs, request)).toEqual(decision);
        if (decision.effect === 'allow') allowed += 1;
      }
    }
    expect(allowed).toBeGreaterThan(20);
  });
});

/** A sibling service on the other side of the procedures: the same verifier, fed by polls. */
const startSibling = (organizationIds?: readonly string[]) => {
  const api = sibling(organizationIds);
  const clocks = slowClocks;
  const verifier: Verifier<FindingView> = createVerifier<FindingView>({
    ...clocks,
    leaseMs: 2_000,
    maxEntries: 1_000,
    maxBytes: 1e8,
    keyOf: (text) => hash('sha256', text, 'binary'),
    source: {
      lookUp: async (presentedToken) => {
        const { answers } = await api.verify.lookUp({ tokens: [{ presentedToken }] });
        const [answer] = answers;
        if (answer === undefined) throw new Error('no answer');
        const { finding, coherence } = answer;
        if (finding.outcome === 'unavailable') throw new Error('unavailable');
        if (finding.outcome === 'unknown') return { finding, coherence };
        const about = { ...finding.about, bytes: 1_000 };
        return { finding: { ...finding, layers: [], about, subject: finding } as Finding<FindingView>, coherence };
      },
    },
  });
  let registration: { id: string; version: number } | null = null;
  const poll = async () => {
    const nowAt = clocks.monotonic();
    const wallAt = clocks.wall();
    const answer = await api.verify.poll({ registration });
    if (answer.reset) verifier.distrust();
    verifier.apply(answer.changes, answer.coherence);
    registration = { id: answer.registrationId, version: answer.version };
    const { coherence, now } = answer;
    verifier.trust({ coherence, leaseUntil: nowAt + answer.leaseMs, now, nowAt, wallAt });
    return answer;
  };
  return { api, verifier, poll };
};

describe('a sibling that polls', () => {
  it('DEAD-ON-RETURN: a revocation settles once the sibling has heard of it, and nothing accepts from then on', async () => {
    const dana = await installation.member('acme', 'dana');
    const { token, tokenText } = await dana.tokens.issue({ name: 'behind a node' });
    const { verifier, poll } = startSibling();
    expect(await poll()).toMatchObject({ reset: true, changes: [], closing: false });
    expect((await verifier.verify(tokenText)).accepted).toBe(true);
    expect(verifier.verify(tokenText)).not.toBeInstanceOf(Promise);

    let isSettled = false;
    const askedAt = performance.now();
    const revoking = dana.tokens.revoke({ tokenId: token.tokenId }).then((answer) => {
      isSettled = true;
      return answer;
    });
    // The node has heard of it, and may not say so for a sibling that hasn't.
    const { version } = parts.verifying.siblings.metrics();
    await expect.poll(() => parts.verifying.siblings.metrics().version).toBeGreaterThan(version);
    // A stop doesn't wait for ever: on a machine that took as long as that nothing is said here.
    if (performance.now() - askedAt < 1_900) expect(isSettled).toBe(false);
    expect(await poll()).toMatchObject({ reset: false, changes: [{ subject: 'token', id: token.tokenId }] });
    expect((await verifier.verify(tokenText)).accepted).toBe(false);
    // The stop has its own patience, by its own clock.
    await poll();
    expect(await revoking).toMatchObject({ settled: true });
  });

  it('is told at once when it waits', async () => {
    const dana = await installation.member('acme', 'dana');
    const { token } = await dana.tokens.issue({ name: 'waited for' });
    const { api, poll } = startSibling();
    const { registrationId: id, version } = await poll();
    const waiting = api.verify.poll({ registration: { id, version }, waitMs: 1_000 });
    await dana.tokens.revoke({ tokenId: token.tokenId, wait: false });
    await following.polled();
    const answer = await waiting;
    expect(answer.changes).toContainEqual({ subject: 'token', organizationId: 'acme', id: token.tokenId });
    expect(answer.leaseMs).toBeGreaterThan(0);
  });

  it('DEAD-ON-RETURN: gets no lease any more once its credential has been stopped, though it had begun to wait before', async () => {
    const { deps } = installation;
    const { verifying } = parts;
    const { text, credential } = await issueVerifierCredential(deps, { name: 'leaked', organizationIds: null });
    const found = await authenticateCredential({ verifying }, { text });
    if (!found.accepted) throw new Error('refused');
    const { verify } = installation.as(found.principal, parts);
    const first = await verify.poll({ registration: null });
    const { leases } = verifying.siblings.metrics();
    const waiting = refusal(
      verify.poll({ registration: { id: first.registrationId, version: first.version }, waitMs: 1_000 }),
    );
    const revoking = revokeCredential(deps, credential.credentialId);
    await expect.poll(() => verifying.siblings.version()).toBeGreaterThan(first.version);
    expect(await waiting).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(verifying.siblings.metrics().leases).toBe(leases);
    await revoking;
  });

  it('that may speak for others hears nothing of an organization (TENANT-WALL)', async () => {
    const dana = await installation.member('acme', 'dana');
    const { token, tokenText } = await dana.tokens.issue({ name: 'not theirs' });
    const { verifier, poll } = startSibling(['globex']);
    await poll();
    expect(await verifier.verify(tokenText)).toEqual({ accepted: false, status: 401 });
    await dana.tokens.revoke({ tokenId: token.tokenId, wait: false });
    await following.polled();
    expect((await poll()).changes).toEqual([]);
  });

  it('tells last uses, of its organizations’ tokens only, and none twice', async () => {
    const dana = await installation.member('acme', 'dana');
    const { token } = await dana.tokens.issue({ name: 'used behind a node' });
    const use = { organizationId: 'acme', tokenId: token.tokenId, secretNumber: 1, at: Date.now() - 1_000 };
    const told = [{ ...use, address: '192.0.2.44', client: 'sdk/1' }];
    const shown = async () => (await dana.tokens.get({ tokenId: token.tokenId })).secrets[0];
    const tell = async (api: Caller) => {
      await api.verify.poll({ registration: null, uses: told });
      await parts.uses.close();
    };
    await tell(sibling(['globex']));
    expect(await shown()).toMatchObject({ lastUsedAt: null });
    await tell(sibling(['acme']));
    expect(await shown()).toMatchObject({ lastUsedAddress: '192.0.2.44', lastUsedClient: 'sdk/1' });
  });

  it('BOUNDED-WORK: has so many registrations and no more', async () => {
    const verifying = createVerifying(installation.deps, { maxRegistrations: 2 });
    const { verify } = installation.verifier(undefined, { verifying, verifier: verifying.verifier });
    for (let i = 0; i < 2; i += 1) await verify.poll({ registration: null });
    expect(await refusal(verify.poll({ registration: null }))).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  });

  it('gets no lease from a node that has none', async () => {
    const verifying = createVerifying(installation.deps);
    const { verify } = installation.verifier(undefined, { verifying, verifier: verifying.verifier });
    expect(await verify.poll({ registration: null })).toMatchObject({
      leaseMs: 0,
      coherence: { incarnation: '', snapshot: '' },
    });
  });
});

describe('a subscription over HTTP', () => {
  const subscribe = async () => {
    const { deps } = installation;
    const server = await serveHttp(deps);
    const { text: presented, credential } = await issueVerifierCredential(deps, {
      name: 'subscriber',
      organizationIds: null,
    });
    const response = await fetch(`${server.url}/trpc/verify.subscribe`, {
      headers: { authorization: `Bearer ${presented}`, accept: 'text/event-stream' },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    let text = '';
    let isOver = false;
    const ended = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
      isOver = true;
    })();
    const wakeUps = () => text.match(/"version"/g)?.length ?? 0;
    await expect.poll(wakeUps).toBeGreaterThan(0);
    const { feed, unitOfWork } = deps.store;
    const change = () =>
      unitOfWork.run((tx) => feed.append(tx, [{ subject: 'organization', organizationId: 'globex' }]));
    return { server, credential, wakeUps, change, ended, isOver: () => isOver };
  };

  it('wakes when something has changed, and ends with the node', async () => {
    const { server, wakeUps, change, ended } = await subscribe();
    const before = wakeUps();
    await change();
    await expect.poll(wakeUps, { timeout: 5_000 }).toBeGreaterThan(before);
    await server.close();
    await ended;
  });

  it('ends when its credential is stopped, and tells of nothing that comes after', async () => {
    const { server, credential, wakeUps, change, ended, isOver } = await subscribe();
    const before = wakeUps();
    await revokeCredential(installation.deps, credential.credentialId);
    await expect.poll(isOver, { timeout: 10_000 }).toBe(true);
    await change();
    await ended;
    expect(wakeUps()).toBe(before);
    await server.close();
  });
});
