import { contract } from '@latchkey/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flagsOf, UNAUTHORIZED } from './harness/example-service.ts';
import { type Installation, startInstallation } from './harness/installation.ts';
import type { MemberSession } from './harness/session.ts';

let latchkey: Installation;
let olivia: MemberSession;
let gina: MemberSession;
beforeAll(async () => {
  latchkey = await startInstallation();
  [olivia, gina] = [await latchkey.signIn('acme', 'olivia'), await latchkey.signIn('globex', 'gina')];
});
afterAll(() => latchkey?.stop());

interface Ids {
  readonly tokenId: string;
  readonly memberId: string;
  readonly policyId: string;
  readonly groupId: string;
}

/** Inputs that name something by its id, for every procedure that can. */
const inputs = (ids: Ids): Record<string, Record<string, unknown>> => ({
  'tokens.get': { tokenId: ids.tokenId },
  'tokens.rename': { tokenId: ids.tokenId, name: 'stolen' },
  'tokens.describe': { tokenId: ids.tokenId, description: 'stolen' },
  'tokens.activate': { tokenId: ids.tokenId },
  'tokens.deactivate': { tokenId: ids.tokenId },
  'tokens.revoke': { tokenId: ids.tokenId },
  'tokens.rotate': { tokenId: ids.tokenId },
  'tokens.cutGracePeriod': { tokenId: ids.tokenId },
  'tokens.clone': { tokenId: ids.tokenId, name: 'stolen' },
  'tokens.extend': { tokenId: ids.tokenId, expiresAt: null },
  'tokens.changePermissions': { tokenId: ids.tokenId, permissions: { type: 'inherit' } },
  'tokens.bulk': { action: 'revoke', filter: { ownerId: ids.memberId } },
  'tokens.handOver': { tokenId: ids.tokenId, name: 'stolen' },
  'members.previewRemoval': { memberId: ids.memberId },
  'tokens.locate': { tokenId: ids.tokenId },
  'tokens.list': { issuerId: ids.memberId },
  'tokens.issue': { name: 'of theirs', permissions: { type: 'policies', policyIds: [ids.policyId] } },
  'members.list': { search: ids.memberId },
  'members.get': { memberId: ids.memberId },
  'members.add': { email: 'wall@acme.example', name: 'Wall', policyIds: [ids.policyId] },
  'members.remove': { memberId: ids.memberId },
  'members.setPolicies': { memberId: ids.memberId, policyIds: [] },
  'policies.list': {},
  'policies.get': { policyId: ids.policyId },
  'policies.create': { name: '', statements: [] },
  'policies.update': { policyId: ids.policyId, revision: 1, name: 'stolen' },
  'policies.remove': { policyId: ids.policyId },
  'policies.clone': { policyId: ids.policyId, name: 'stolen' },
  'groups.list': {},
  'groups.get': { groupId: ids.groupId },
  'groups.create': { name: 'with theirs', policyIds: [ids.policyId], memberIds: [ids.memberId] },
  'groups.update': { groupId: ids.groupId, revision: 1, name: 'stolen' },
  'groups.remove': { groupId: ids.groupId },
  'groups.clone': { groupId: ids.groupId, name: 'stolen' },
  'policies.previewUpdate': { policyId: ids.policyId, statements: [] },
  'audit.list': { targetId: ids.tokenId },
  'audit.export': { format: 'jsonl' },
  'audit.verifyChain': {},
  'permissions.diff': { before: { type: 'member' }, after: { type: 'policies', policyIds: [ids.policyId] } },
  'members.previewPolicies': { memberId: ids.memberId, policyIds: [] },
  'permissions.explain': { tokenId: ids.tokenId, request: { action: 'ToggleFlag', resource: 'project/shop' } },
  'permissions.suggest': { tokenId: ids.tokenId },
  'permissions.preview': { permissions: { type: 'policies', policyIds: [ids.policyId] }, requests: [] },
});

/** What has no id of an organization to be tried with. */
const WITHOUT_IDS = [
  // Of one's own alone: ids of others are passed over.
  'notifications.list',
  'notifications.markRead',
  'permissions.catalogue',
  'permissions.mine',
  'permissions.templates',
  'self.whoami',
  'self.signOut',
  'self.rotate',
  'self.revoke',
  'self.effectivePermissions',
  'settings.get',
  'settings.update',
  'system.health',
  'system.capturedMail',
  'system.demo',
  'system.verifiers',
  // Of one's own organization, or of all of them by an operator.
  'system.emergency',
  'system.emergencyOfInstallation',
  // Of a receipt: that one organization's is none of another's is tried where receipts are made.
  'system.awaitSettled',
  'tokens.isNameTaken',
  'permissions.decide',
  'verify.verify',
  'verify.decide',
  'verify.lookUp',
  'verify.poll',
  'verify.subscribe',
];

/** How long a call took to settle is different each time. */
/** Without what differs between any two calls: times, and the id of a bulk run that each call begins. */
const withoutTimes = (answer: string): string =>
  answer.replace(/"settledMs":\d+/, '"settledMs":0').replace(/"bulkId":"[0-9a-f]{32}"/, '"bulkId":""');

const call = async (session: MemberSession, name: string, input: unknown) => {
  const [router, procedure] = name.split('.') as [string, string];
  const client = (
    session.api as unknown as Record<string, Record<string, Record<string, (input: unknown) => Promise<unknown>>>>
  )[router]?.[procedure];
  const definition = (contract as unknown as Record<string, Record<string, { type: 'query' | 'mutation' }>>)[router]?.[
    procedure
  ];
  try {
    return JSON.stringify(await client?.[definition?.type === 'query' ? 'query' : 'mutate']?.(input));
  } catch (error) {
    return JSON.stringify((error as { shape?: unknown }).shape);
  }
};

describe('nothing of another organization is read, changed or revealed (TENANT-WALL)', () => {
  it('is tried with every procedure of the contract', () => {
    const all = Object.entries(contract).flatMap(([router, procedures]) =>
      Object.keys(procedures).map((name) => `${router}.${name}`),
    );
    expect(
      [...Object.keys(inputs({ tokenId: '', memberId: '', policyId: '', groupId: '' })), ...WITHOUT_IDS].sort(),
    ).toEqual(all.sort());
  });

  it('answers to ids of another organization as to ids that never were', async () => {
    const { token } = await gina.api.tokens.issue.mutate({ name: "gina's" });
    const policy = await gina.api.policies.create.mutate({
      name: 'of Globex',
      statements: [{ effect: 'allow', actions: ['*'], resources: ['proj/*'] }],
    });
    const group = await gina.api.groups.create.mutate({ name: 'of Globex' });
    const theirs: Ids = { tokenId: token.tokenId, memberId: 'gina', policyId: policy.policyId, groupId: group.groupId };
    const never: Ids = {
      tokenId: `${token.tokenId.slice(0, 3)}0000000000000`,
      memberId: 'nobody',
      policyId: 'nothing',
      groupId: 'nowhere',
    };
    const before = await latchkey.admin.query("SELECT t::text FROM latchkey.token t WHERE organization_id = 'globex'");

    for (const [name, input] of Object.entries(inputs(theirs))) {
      const answer = withoutTimes(await call(olivia, name, input));
      const expected = withoutTimes(await call(olivia, name, inputs(never)[name]));
      expect(withoutIds(answer, theirs), name).toBe(withoutIds(expected, never));
      expect(answer, name).not.toContain("gina's");
      expect(answer, name).not.toContain('of Globex');
    }

    const after = await latchkey.admin.query("SELECT t::text FROM latchkey.token t WHERE organization_id = 'globex'");
    expect(after.rows).toEqual(before.rows);
    expect(await gina.api.policies.get.query({ policyId: policy.policyId })).toEqual(policy);
    expect(await gina.api.groups.get.query({ groupId: group.groupId })).toEqual(group);
    expect((await gina.api.members.get.query({ memberId: 'gina' })).status).toBe('active');
  });

  it("refuses one organization's token at another's doors like an unknown one", async () => {
    const { token, tokenText } = await gina.api.tokens.issue.mutate({ name: 'lost' });
    const atTheirDoor = async () => {
      const { status, body } = await flagsOf(latchkey, 'acme').list(tokenText);
      return [status, body];
    };
    expect(await atTheirDoor()).toEqual([401, UNAUTHORIZED]);
    await gina.api.tokens.deactivate.mutate({ tokenId: token.tokenId });
    expect(await atTheirDoor(), 'not even that it is inactive').toEqual([401, UNAUTHORIZED]);
  });

  it('limits a verifier credential to the organizations that it was made for', async () => {
    const credential = JSON.parse(
      await latchkey.server('credential', 'verifier', '--name', 'acme only', '--organization', 'acme', '--json'),
    ) as Record<string, string>;
    const text = Object.values(credential).find((value) => String(value).startsWith('lk_sys_')) ?? expect.fail();
    const verify = async (presentedToken: string) => {
      const response = await fetch(`${latchkey.url}/trpc/verify.verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${text}` },
        body: JSON.stringify({ presentedToken }),
      });
      return ((await response.json()) as { result: { data: unknown } }).result.data;
    };
    const { token, tokenText } = await gina.api.tokens.issue.mutate({ name: 'not for acme' });
    expect(await verify(latchkey.demoToken)).toMatchObject({ accepted: true });
    expect(await verify(tokenText)).toEqual({ accepted: false, status: 401 });
    await gina.api.tokens.deactivate.mutate({ tokenId: token.tokenId });
    expect(await verify(tokenText)).toEqual({ accepted: false, status: 401 });
  });
});

const withoutIds = (text: string, ids: Ids): string =>
  Object.values(ids)
    .reduce((shortened, id) => shortened.replaceAll(id, '<id>'), text)
    .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
