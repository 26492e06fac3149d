import { createEmbeddedDirectory, featbitCatalogue } from '@latchkey/host';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepPresentPermissions } from '../../src/server/keep-permissions.ts';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
let dana: Caller;
let begun: string;
beforeAll(async () => {
  installation = await openInstallation();
  [olivia, dana] = [await installation.member('acme', 'olivia'), await installation.member('acme', 'dana')];
  begun = await moment();
});
afterAll(() => installation.close());

/** An instant of the database between what was done before and what is done after. */
const moment = async (): Promise<string> => {
  const at = await installation.deps.store.now();
  while ((await installation.deps.store.now()) <= at);
  return new Date(at).toISOString();
};

const request = { action: 'ToggleFlag', resource: 'project/shop:env/dev:flag/checkout' };
const toggle = (env: string) => [
  { resourceType: 'flag', effect: 'allow', actions: ['ToggleFlag'], resources: [`project/*:env/${env}:flag/*`] },
];

let names = 0;
const issue = async (as: Caller, given: Omit<Parameters<Caller['tokens']['issue']>[0], 'name'> = {}) => {
  names += 1;
  return (await as.tokens.issue({ name: `then ${names}`, ...given })).token.tokenId;
};

describe('permissions.explain of an instant in the past', () => {
  it("decides by the owner's permissions of then, whatever they have become", async () => {
    const tokenId = await issue(dana);
    const before = await moment();
    await olivia.members.setPolicies({ memberId: 'dana', policyIds: ['beta-flags-only'] });
    const demoted = await moment();
    await olivia.members.setPolicies({ memberId: 'dana', policyIds: ['developer'] });
    const again = await moment();
    const outcomes = async (subject: { readonly tokenId: string } | { readonly memberId: string }) => {
      const found = [];
      for (const at of [before, demoted, again]) {
        const explained = await olivia.permissions.explain({ ...subject, request, at });
        expect(explained.at).toBe(at);
        found.push([explained.outcome, explained.decidedBy]);
      }
      return found;
    };
    const expected = [
      ['allow', null],
      ['deny', 'owner'],
      ['allow', null],
    ];
    expect(await outcomes({ tokenId })).toEqual(expected);
    expect(await outcomes({ memberId: 'dana' })).toEqual(expected);
    const { layers, advice } = await olivia.permissions.explain({ tokenId, request, at: demoted });
    expect(layers[1]?.nearMisses[0]).toMatchObject({ policy: { name: 'Beta flags only' }, missing: { what: 'tags' } });
    expect(advice).toContain('Or give the resource the tag “beta”, if that is what it is.');
  });

  it("decides by a policy's text of then, where a member has it and where only a token names it", async () => {
    const { policyId } = await olivia.policies.create({ name: 'Edited', statements: toggle('dev') });
    const tokenId = await issue(olivia, { permissions: { type: 'policies', policyIds: [policyId] } });
    const before = await moment();
    const { revision } = await olivia.policies.get({ policyId });
    await olivia.policies.update({ policyId, revision, statements: toggle('test') });
    const edited = await moment();
    await olivia.policies.remove({ policyId });
    const removed = await moment();
    const at = async (instant: string) => {
      const { outcome, layers } = await olivia.permissions.explain({ tokenId, request, at: instant });
      return [outcome, layers[0]?.nearMisses[0]?.missing.what];
    };
    expect(await at(before)).toEqual(['allow', undefined]);
    expect(await at(edited)).toEqual(['deny', 'path']);
    expect(await at(removed)).toEqual(['deny', undefined]);
  });

  it('knows the state of then: issued, stopped, started, extended, revoked', async () => {
    const early = await moment();
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const tokenId = await issue(dana, { expiresAt: soon });
    const issued = await moment();
    await dana.tokens.deactivate({ tokenId });
    const stopped = await moment();
    await dana.tokens.activate({ tokenId });
    const started = await moment();
    await dana.tokens.extend({ tokenId, expiresAt: new Date(Date.now() + 7_200_000).toISOString() });
    const extended = await moment();
    await dana.tokens.revoke({ tokenId });
    const revoked = await moment();
    const states = [];
    for (const at of [early, issued, stopped, started, extended, revoked]) {
      states.push((await dana.permissions.explain({ tokenId, request, at })).decidedBy);
    }
    expect(states).toEqual(['not_issued', null, 'inactive', null, null, 'revoked']);
  });

  it('knows that a token had expired before it was extended', async () => {
    const tokenId = await issue(dana, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    await installation.sql(
      "update latchkey.token set expires_at = created_at + interval '1 millisecond' where token_id = ?",
      [tokenId],
    );
    const expired = await moment();
    await dana.tokens.extend({ tokenId, expiresAt: new Date(Date.now() + 7_200_000).toISOString() });
    expect(await dana.permissions.explain({ tokenId, request, at: expired })).toMatchObject({ decidedBy: 'expired' });
    expect(await dana.permissions.explain({ tokenId, request })).toMatchObject({ decidedBy: null });
  });

  it('does not guess: unknown before anything was kept, after permissions were changed, and without a trail', async () => {
    const tokenId = await issue(dana, { permissions: { type: 'statements', statements: toggle('dev') } });
    const before = await moment();
    await dana.tokens.changePermissions({ tokenId, permissions: { type: 'statements', statements: toggle('test') } });
    const changed = await dana.permissions.explain({ tokenId, request, at: before });
    expect(changed).toMatchObject({ outcome: 'unknown', decidedBy: null, because: null, advice: [] });
    expect(changed.layers.map(({ outcome }) => outcome)).toEqual(['unknown', 'allow']);
    expect(changed.layers[0]?.says).toBe("What the token's permissions were at that time was not kept.");
    // What a known layer denied was denied, whatever the other one said.
    const denied = { action: 'CanManageIAM', resource: 'iam/*' };
    expect(await dana.permissions.explain({ tokenId, request: denied, at: before })).toMatchObject({
      outcome: 'deny',
      decidedBy: 'owner',
    });
    const long = new Date(Date.parse(begun) - 86_400_000).toISOString();
    expect(await dana.permissions.explain({ request, at: long, language: 'zh-CN' })).toMatchObject({
      outcome: 'unknown',
      says: '当时是否允许对“project/shop:env/dev:flag/checkout”执行“ToggleFlag”已无从得知。',
    });
  });

  it('says of the token of a removed member that it ended with the removal, not before', async () => {
    const { memberId } = await olivia.members.add({ email: 'gone@acme.example', name: 'G', policyIds: ['developer'] });
    const tokenId = await issue(await installation.member('acme', memberId));
    const before = await moment();
    await olivia.members.remove({ memberId });
    const after = await moment();
    const decided = async (subject: { readonly tokenId: string } | { readonly memberId: string }, at: string) =>
      (await olivia.permissions.explain({ ...subject, request, at })).decidedBy;
    expect([await decided({ tokenId }, before), await decided({ tokenId }, after)]).toEqual([null, 'owner_removed']);
    expect([await decided({ memberId }, before), await decided({ memberId }, after)]).toEqual([null, 'member_removed']);
  });

  it('is frozen for a service token, and fills role attributes of then', async () => {
    const tokenId = await issue(dana, {
      kind: 'service',
      permissions: { type: 'statements', statements: toggle('dev') },
    });
    const before = await moment();
    await olivia.members.setPolicies({ memberId: 'dana', policyIds: [] });
    expect(await olivia.permissions.explain({ tokenId, request, at: before })).toMatchObject({ outcome: 'allow' });
    await olivia.members.setPolicies({ memberId: 'dana', policyIds: ['developer'] });

    const gina = await installation.member('globex', 'gina');
    const statements = [{ effect: 'allow', actions: ['viewProject'], resources: [`proj/\${roleAttribute/project}`] }];
    const { policyId } = await gina.policies.create({ name: 'Own project', statements });
    const { memberId } = await gina.members.add({
      email: 'h@globex.example',
      name: 'Hal',
      policyIds: [policyId],
      attributes: { project: ['shop'] },
    });
    const had = await moment();
    await gina.members.setPolicies({ memberId, policyIds: [policyId], attributes: { project: ['other'] } });
    const asked = { memberId, request: { action: 'viewProject', resource: 'proj/shop' } };
    expect(await gina.permissions.explain({ ...asked, at: had })).toMatchObject({ outcome: 'allow' });
    expect(await gina.permissions.explain(asked)).toMatchObject({ outcome: 'deny' });
  });

  it('takes no instant that is yet to come', async () => {
    const at = new Date(Date.now() + 60_000).toISOString();
    expect(await refusal(dana.permissions.explain({ request, at }))).toMatchObject({ code: 'BAD_INPUT' });
  });

  it('begins where the directory is older than what is kept: with what stands at the start', async () => {
    const { store } = installation.deps;
    const older = createEmbeddedDirectory({
      entityManagerOf: store.entityManagerOf,
      entityManager: store.entityManager,
    });
    const organizationId = 'older';
    await store.unitOfWork.run(async (tx) => {
      await older.organizations.insert(tx, { organizationId, name: 'Older', catalogue: featbitCatalogue });
      await older.members.insert(tx, organizationId, {
        memberId: 'ada',
        email: 'ada@older.example',
        name: 'Ada',
        locale: 'en',
        memberSince: 0,
        policyIds: ['developer'],
        groupIds: [],
      });
    });
    const ada = await installation.member(organizationId, 'ada');
    const before = await moment();
    await keepPresentPermissions(installation.deps);
    const kept = await moment();
    await keepPresentPermissions(installation.deps);
    expect(await ada.permissions.explain({ request, at: before })).toMatchObject({ outcome: 'unknown' });
    expect(await ada.permissions.explain({ request, at: kept })).toMatchObject({ outcome: 'allow' });
  });
});
