import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
});
afterAll(() => installation.close());

const toggle = [
  { resourceType: 'flag', effect: 'allow', actions: ['ToggleFlag'], resources: ['project/*:env/*:flag/*'] },
];

describe('the preview of a policy edit', () => {
  it('names the members to whom the policy applies, through groups too, and their living personal tokens', async () => {
    const [dana, devin] = [await installation.member('acme', 'dana'), await installation.member('acme', 'devin')];
    await dana.tokens.issue({ name: 'of dana' });
    await devin.tokens.issue({ name: 'of devin' });
    const { token } = await devin.tokens.issue({ name: 'gone' });
    await devin.tokens.revoke({ tokenId: token.tokenId });
    await devin.tokens.issue({
      kind: 'service',
      name: 'of nobody',
      permissions: { type: 'statements', statements: toggle },
    });

    const preview = await olivia.policies.previewUpdate({ policyId: 'developer', statements: toggle });
    expect(preview.problems).toEqual([]);
    expect(preview.members.items.map(({ name }) => name).sort()).toEqual(['Dana Developer', 'Devin Developer']);
    expect(preview.tokens.items.map(({ name, ownerName }) => [name, ownerName])).toEqual([
      ['of devin', 'Devin Developer'],
      ['of dana', 'Dana Developer'],
    ]);
    expect([preview.members.total, preview.tokens.total]).toEqual([2, 2]);
  });

  it('says what the text gives and takes, and which tokens it breaks, with a request for each', async () => {
    const devin = await installation.member('acme', 'devin');
    await devin.tokens.issue({ name: 'only toggles', permissions: { type: 'statements', statements: toggle } });
    const preview = await olivia.policies.previewUpdate({ policyId: 'developer', statements: toggle });
    expect(preview.differences).toMatchObject({ gained: [], gainedCount: 0, complete: true });
    expect(preview.differences?.lost.map(({ action }) => action)).toContain('CanAccessProject');
    const effects = preview.tokens.items.map(({ name, effect }) => [name, effect]);
    expect(effects).toContainEqual(['of devin', 'loses']);
    expect(effects.at(-1)).toEqual(['only toggles', 'keeps']);
    for (const { effect, witness, tokenId } of preview.tokens.items) {
      expect(witness !== null).toBe(effect === 'loses');
      if (witness === null) continue;
      expect(await olivia.permissions.explain({ tokenId, request: witness })).toMatchObject({ outcome: 'allow' });
    }
  });

  it('counts what other policies allow: a deny that goes gives it, and what they give already is no gain', async () => {
    // Devin is a developer, and in the group that may delete nothing in production.
    const preview = await olivia.policies.previewUpdate({ policyId: 'no-production-deletes', statements: toggle });
    const gained = preview.differences?.gained ?? [];
    expect(gained.length).toBeGreaterThan(0);
    for (const { action, resource } of gained) {
      expect(['DeleteFlag', 'ArchiveFlag']).toContain(action);
      expect(resource).toMatch(/^project\/[^:]*:env\/prod:flag\//);
    }
    expect(preview.differences).toMatchObject({ lost: [], complete: true });
  });

  it('counts the tokens of others that name the policy', async () => {
    const { policyId } = await olivia.policies.create({ name: 'Named only', statements: toggle });
    const { token } = await olivia.tokens.issue({
      name: 'names it',
      permissions: { type: 'policies', policyIds: [policyId] },
    });
    const narrower = [{ ...toggle[0], resources: ['project/*:env/dev:flag/*'] }];
    const preview = await olivia.policies.previewUpdate({ policyId, statements: narrower });
    expect(preview.members).toEqual({ items: [], total: 0 });
    expect(preview.tokens).toMatchObject({ total: 1, items: [{ tokenId: token.tokenId, effect: 'loses' }] });
    const wider = [{ ...toggle[0], actions: ['*'] }];
    const gaining = await olivia.policies.previewUpdate({ policyId, statements: wider });
    expect(gaining.differences).toMatchObject({ lost: [], complete: true });
    expect(gaining.differences?.gained.length).toBeGreaterThan(0);
    expect(gaining.tokens.items[0]).toMatchObject({ effect: 'keeps', witness: null });
  });

  it('says what is wrong with the statements, and whom they would touch all the same', async () => {
    const preview = await olivia.policies.previewUpdate({ policyId: 'developer', statements: [{ effect: 'maybe' }] });
    expect(preview.problems[0]).toMatchObject({ path: expect.stringMatching(/^statements\[0\]/) });
    expect(preview.members.total).toBe(2);
    expect(preview.differences).toBeNull();
    expect(preview.tokens.items.every(({ effect }) => effect === 'undecided')).toBe(true);
  });

  it('knows no policy of another organization (TENANT-WALL)', async () => {
    const asked = { policyId: 'production-read-only', statements: [] };
    expect(await refusal(olivia.policies.previewUpdate(asked))).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('whether a name is free', () => {
  it('is said in the form in which names are compared, with what is wrong with the name', async () => {
    const dana = await installation.member('acme', 'dana');
    await dana.tokens.issue({ name: 'Straße' });
    expect(await dana.tokens.isNameTaken({ name: 'STRASSE' })).toEqual({ taken: true, problems: [] });
    expect(await dana.tokens.isNameTaken({ name: 'free' })).toEqual({ taken: false, problems: [] });
    expect((await dana.tokens.isNameTaken({ name: ' x' })).problems.length).toBeGreaterThan(0);
  });

  it("is not said to somebody who may issue none of that kind: it would list the organization's names", async () => {
    const bea = await installation.member('acme', 'bea');
    expect(await refusal(bea.tokens.isNameTaken({ name: 'x', kind: 'service' }))).toMatchObject({
      code: 'NOT_ALLOWED',
    });
    expect(await bea.tokens.isNameTaken({ name: 'x' })).toMatchObject({ taken: false });
  });
});

describe('what the caller may do', () => {
  it("is decided by all of a token's layers", async () => {
    const dana = await installation.member('acme', 'dana');
    const { tokenText } = await dana.tokens.issue({
      name: 'narrow',
      permissions: { type: 'statements', statements: toggle },
    });
    const requests = [
      { action: 'ToggleFlag', resource: 'project/shop:env/prod:flag/a' },
      { action: 'DeleteFlag', resource: 'project/shop:env/prod:flag/a' },
      { action: 'CanManageIAM', resource: 'iam/*' },
    ];
    const effects = async (caller: Caller) =>
      (await caller.permissions.decide({ requests })).decisions.map(({ decision }) =>
        decision.effect === 'allow' ? 'allow' : decision.layer,
      );
    expect(await effects(dana)).toEqual(['allow', 'allow', 'owner']);
    expect(await effects(await installation.token(tokenText))).toEqual(['allow', 'token', 'token']);
  });
});

describe('the sibling services that may verify', () => {
  it('are listed to administrators, without those of other organizations alone (TENANT-WALL)', async () => {
    const add = (credentialId: string, name: string, organizationIds: readonly string[] | null) =>
      installation.deps.store.unitOfWork.run((tx) =>
        installation.deps.store.credentials.insert(
          tx,
          { credentialId, role: 'verifier', name, organizationIds, createdAt: 0 },
          {
            number: 1,
            digest: new Uint8Array(32),
            pepperId: 'p',
            tagKeyId: 't',
            hint: 'abcd',
            createdAt: 0,
          },
        ),
      );
    await add('0000000000000001', 'everywhere', null);
    await add('0000000000000002', 'here too', ['acme', 'globex']);
    await add('0000000000000003', 'elsewhere', ['globex']);
    const { items } = await olivia.system.verifiers();
    expect(items.map(({ name, organizations }) => [name, organizations]).sort()).toEqual([
      ['everywhere', 'all'],
      ['here too', 'listed'],
    ]);
    const dana = await installation.member('acme', 'dana');
    expect(await refusal(dana.system.verifiers())).toMatchObject({ code: 'NOT_ALLOWED' });
  });
});
