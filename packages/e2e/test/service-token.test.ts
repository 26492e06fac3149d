import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flagsOf } from './harness/example-service.ts';
import { type Installation, startInstallation } from './harness/installation.ts';
import { type MemberSession, refusalOf } from './harness/session.ts';

let latchkey: Installation;
let olivia: MemberSession;
let dana: MemberSession;
beforeAll(async () => {
  latchkey = await startInstallation();
  [olivia, dana] = [await latchkey.signIn('acme', 'olivia'), await latchkey.signIn('acme', 'dana')];
});
afterAll(() => latchkey?.stop());

const toggleOnly = {
  type: 'statements' as const,
  statements: [
    { resourceType: 'flag', effect: 'allow', actions: ['ToggleFlag'], resources: ['project/*:env/*:flag/*'] },
  ],
};

const policiesOf = async (memberId: string, policyIds: string[]) =>
  olivia.api.members.setPolicies.mutate({ memberId, policyIds });

describe('a service token', () => {
  it("can't be issued with what its issuer may not do, and the refusal shows a counterexample (COVERED-AT-ISSUE)", async () => {
    const refused = await refusalOf(
      dana.api.tokens.issue.mutate({
        kind: 'service',
        name: 'administrator in disguise',
        permissions: {
          type: 'statements',
          statements: [{ resourceType: 'iam', effect: 'allow', actions: ['CanManageIAM'], resources: ['iam/*'] }],
        },
      }),
    );
    expect(refused).toMatchObject({
      code: 'PERMISSIONS_NOT_COVERED',
      details: { counterexample: { action: 'CanManageIAM', resource: expect.stringMatching(/^iam\//) } },
    });
    const { items } = await olivia.api.tokens.list.query({ nameContains: 'administrator in disguise' });
    expect(items).toEqual([]);
  });

  it('goes on unchanged after its issuer is demoted and after the issuer is removed (FROZEN-SERVICE)', async () => {
    const erin = await olivia.api.members.add.mutate({
      email: 'erin@acme.example',
      name: 'Erin',
      policyIds: ['developer'],
    });
    const session = await latchkey.signIn('acme', erin.memberId);
    const { token, tokenText } = await session.api.tokens.issue.mutate({
      kind: 'service',
      name: 'deploy pipeline',
      permissions: toggleOnly,
    });
    const flags = flagsOf(latchkey, 'acme');
    expect((await flags.toggle(tokenText)).status).toBe(200);
    expect((await flags.list(tokenText)).status).toBe(403);

    await policiesOf(erin.memberId, []);
    expect((await flags.toggle(tokenText)).status).toBe(200);

    await olivia.api.members.remove.mutate({ memberId: erin.memberId });
    expect((await flags.toggle(tokenText)).status).toBe(200);

    const seen = await olivia.api.tokens.get.query({ tokenId: token.tokenId });
    expect(seen.permissions).toEqual(token.permissions);
    expect(seen).toMatchObject({ status: 'active', issuer: { id: erin.memberId, name: 'Erin', removed: true } });
  });

  it('with full access is a copy of its issuer at that moment, less what service tokens may not have', async () => {
    const { token, tokenText } = await dana.api.tokens.issue.mutate({
      kind: 'service',
      name: 'full copy',
      permissions: { type: 'ability', ability: 'full_access' },
    });
    expect(JSON.stringify(token.permissions)).toContain('"deny"');
    expect((await flagsOf(latchkey, 'acme').toggle(tokenText)).status).toBe(200);
  });

  it("keeps its issuer's denies", async () => {
    const devin = await latchkey.signIn('acme', 'devin');
    const { tokenText } = await devin.api.tokens.issue.mutate({
      kind: 'service',
      name: 'platform',
      permissions: { type: 'ability', ability: 'full_access' },
    });
    const flags = flagsOf(latchkey, 'acme');
    expect((await flags.remove(tokenText, 'dark-mode', 'prod')).status).toBe(403);
    expect((await flags.remove(tokenText, 'dark-mode', 'dev')).status).toBe(204);
  });

  it('needs permissions that are written down: it never inherits', async () => {
    for (const permissions of [undefined, { type: 'inherit' as const }]) {
      const refused = await refusalOf(
        dana.api.tokens.issue.mutate({
          kind: 'service',
          name: 'nothing said',
          ...(permissions ? { permissions } : {}),
        }),
      );
      expect(refused.httpStatus).toBe(400);
    }
  });

  it("can't be rotated or activated by a developer who may do less than it (NO-ESCALATION)", async () => {
    const { token } = await olivia.api.tokens.issue.mutate({
      kind: 'service',
      name: 'more than a developer',
      permissions: {
        type: 'statements',
        statements: [
          { resourceType: 'project', effect: 'allow', actions: ['CreateProject'], resources: ['project/*'] },
        ],
      },
    });
    const { tokenId } = token;
    expect((await refusalOf(dana.api.tokens.rotate.mutate({ tokenId }))).code).toBe('PERMISSIONS_NOT_COVERED');
    await dana.api.tokens.deactivate.mutate({ tokenId });
    expect((await refusalOf(dana.api.tokens.activate.mutate({ tokenId }))).code).toBe('PERMISSIONS_NOT_COVERED');
    await olivia.api.tokens.activate.mutate({ tokenId });
  });

  it('has no procedure that edits its permissions, whatever field is sent (FROZEN-SERVICE)', async () => {
    const { token } = await dana.api.tokens.issue.mutate({ kind: 'service', name: 'frozen', permissions: toggleOnly });
    const { tokenId } = token;
    const wider = { permissions: { type: 'ability', ability: 'write' }, statements: [], policyIds: ['owner'] };
    const { api } = olivia;
    const attempts: Promise<unknown>[] = [
      api.tokens.rename.mutate({ tokenId, name: 'frozen still', ...wider }),
      api.tokens.describe.mutate({ tokenId, description: 'x', ...wider }),
      api.tokens.activate.mutate({ tokenId, ...wider }),
      api.tokens.deactivate.mutate({ tokenId, ...wider }),
      api.tokens.rotate.mutate({ tokenId, ...wider }),
      api.tokens.revoke.mutate({ tokenId, ...wider }),
    ];
    for (const refused of await Promise.all(attempts.map(refusalOf))) expect(refused.code).toBe('BAD_INPUT');
    await api.tokens.rename.mutate({ tokenId, name: 'frozen still' });
    await api.tokens.describe.mutate({ tokenId, description: 'for the pipeline' });
    await api.tokens.rotate.mutate({ tokenId });
    await api.tokens.deactivate.mutate({ tokenId });
    await api.tokens.activate.mutate({ tokenId });
    expect((await api.tokens.get.query({ tokenId })).permissions).toEqual(token.permissions);
  });
});
