import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVerifying } from '../../src/verifying/create-verifying.ts';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let dana: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  dana = await installation.member('acme', 'dana');
});
afterAll(() => installation.close());

describe('permissions', () => {
  it('the catalogue says what there is to be allowed, and mine what I may do', async () => {
    const { dialect, resourceTypes } = await dana.permissions.catalogue();
    expect(dialect).toBe('featbit');
    expect(resourceTypes.find(({ type }) => type === 'flag')?.actions.map(({ name }) => name)).toContain('ToggleFlag');
    expect(await dana.permissions.mine()).toMatchObject({
      dialect: 'featbit',
      policies: [{ id: 'developer', name: 'Developer' }],
      unreadable: [],
      mayListTokens: true,
      mayManagePersonalTokens: true,
      mayManageServiceTokens: true,
      mayAdminister: false,
    });
  });

  it('a token is told what it was given, and its owner’s policies only where it inherits them', async () => {
    const inherits = await installation.token((await dana.tokens.issue({ name: 'inherits' })).tokenText);
    expect(await inherits.permissions.mine()).toMatchObject({
      policies: [{ name: 'Developer' }],
      mayListTokens: false,
      mayManagePersonalTokens: false,
    });
    const narrow = await dana.tokens.issue({ name: 'narrow', permissions: { type: 'ability', ability: 'metrics' } });
    const mine = await (await installation.token(narrow.tokenText)).permissions.mine();
    expect(JSON.stringify(mine.policies)).not.toContain('Developer');
    expect(JSON.stringify(mine.policies)).toContain('RecordMetrics');
  });

  it('a preview shows statements, coverage and decisions, and stores nothing', async () => {
    const requests = [
      { action: 'ToggleFlag', resource: 'project/shop:env/dev:flag/a' },
      { action: 'CanManageIAM', resource: { segments: [{ type: 'iam', key: 'all' }] } },
    ];
    const previewed = await dana.permissions.preview({ permissions: { type: 'ability', ability: 'write' }, requests });
    expect(previewed.coverage).toEqual({ covered: true });
    expect(previewed.decisions).toEqual([
      { action: 'ToggleFlag', resource: 'project/shop:env/dev:flag/a', decision: { effect: 'allow' } },
      {
        action: 'CanManageIAM',
        resource: 'iam/all',
        decision: {
          effect: 'deny',
          because: 'no_allow',
          layer: 'token',
          missing: { action: 'CanManageIAM', resource: 'iam/all' },
        },
      },
    ]);
    const statements = [{ effect: 'allow', resourceType: 'iam', actions: ['CanManageIAM'], resources: ['iam/*'] }];
    const service = await dana.permissions.preview({
      kind: 'service',
      permissions: { type: 'statements', statements },
    });
    expect(service.coverage).toMatchObject({ covered: false, counterexample: { action: 'CanManageIAM' } });
    const denied = service.policies.flatMap((policy) => policy.statements).filter(({ effect }) => effect === 'deny');
    expect(denied.flatMap(({ actions }) => actions)).toEqual(
      expect.arrayContaining(['ManageServiceAccessTokens', 'CreateOrg']),
    );
    expect(service.decisions.length).toBeGreaterThan(40);
    expect((await dana.tokens.list({ nameContains: 'preview' })).items).toEqual([]);
  });

  it('of a policy that somebody names it shows the text to those who may read it, to others what comes of it', async () => {
    const olivia = await installation.member('acme', 'olivia');
    const statements = [
      {
        effect: 'allow',
        resourceType: 'flag',
        actions: ['ToggleFlag'],
        resources: ['project/shop:env/dev:flag/s3cret'],
      },
    ] as const;
    const { policyId } = await olivia.policies.create({ name: 'of others', statements: [...statements] });
    const requests = [{ action: 'ToggleFlag', resource: 'project/shop:env/dev:flag/s3cret' }];
    const named = (...policyIds: string[]) => ({ permissions: { type: 'policies' as const, policyIds }, requests });
    const allowed = [{ decision: { effect: 'allow' } }];
    for (const kind of ['personal', 'service'] as const) {
      const hers = await dana.permissions.preview({ kind, ...named(policyId) });
      expect(hers).toMatchObject({ policies: [], hiddenPolicyCount: 1, decisions: allowed });
      const both = await dana.permissions.preview({ kind, ...named(policyId, 'developer') });
      expect(both).toMatchObject({ policies: [{ name: 'Developer' }], hiddenPolicyCount: 1 });
      const shown = await olivia.permissions.preview({ kind, ...named(policyId) });
      expect(shown).toMatchObject({ policies: [{ name: 'of others' }], hiddenPolicyCount: 0, decisions: allowed });
    }
  });

  it('NO-SELF-HELP: a token that was given less is not shown its owner’s policies', async () => {
    const issued = async (name: string, permissions: Parameters<typeof dana.tokens.issue>[0]['permissions']) =>
      installation.token((await dana.tokens.issue({ name, permissions })).tokenText);
    const narrow = await issued('sees less', { type: 'ability', ability: 'read' });
    const inherits = await issued('sees all', { type: 'inherit' });
    const naming = await issued('sees its own', { type: 'policies', policyIds: ['developer'] });
    const fullAccess = { kind: 'service', permissions: { type: 'ability', ability: 'full_access' } } as const;
    for (const asked of [{ permissions: { type: 'inherit' } }, fullAccess] as const) {
      expect(await narrow.permissions.preview(asked)).toMatchObject({ policies: [], hiddenPolicyCount: 1 });
      expect(await naming.permissions.preview(asked)).toMatchObject({ policies: [], hiddenPolicyCount: 1 });
      expect(await inherits.permissions.preview(asked)).toMatchObject({ policies: [{ name: 'Developer' }] });
    }
    const named = { permissions: { type: 'policies' as const, policyIds: ['developer'] } };
    expect(await narrow.permissions.preview(named)).toMatchObject({ policies: [], hiddenPolicyCount: 1 });
    expect(await naming.permissions.preview(named)).toMatchObject({ policies: [{ name: 'Developer' }] });
  });

  it('a resource name that is none is refused and not repeated', async () => {
    const requests = [{ action: 'ToggleFlag', resource: { segments: [{ type: 'flag', key: 'a:b;evil' }] } }];
    const refused = await refusal(dana.permissions.preview({ permissions: { type: 'inherit' }, requests }));
    expect(refused).toMatchObject({ code: 'BAD_INPUT', details: { problems: [{ path: 'requests[0].resource' }] } });
    expect(JSON.stringify(refused)).not.toContain('evil');
  });

  it('FAIL-CLOSED: policies that cannot be read allow nothing, and somebody is alerted', async () => {
    const { host } = installation.deps;
    const broken = {
      ...host,
      findMember: async (...asked: Parameters<typeof host.findMember>) => {
        const member = await host.findMember(...asked);
        return member && { ...member, policies: [...member.policies, { id: 'x', name: 'x', statements: 'all of it' }] };
      },
    };
    const { tokenText } = await dana.tokens.issue({ name: 'of the broken' });
    const request = { action: 'ToggleFlag', resource: 'project/shop:env/dev:flag/a' };
    const verifying = createVerifying({ ...installation.deps, host: broken });
    const parts = { host: broken, verifying, verifier: verifying.verifier };
    expect(
      await installation.verifier(undefined, parts).verify.decide({ presentedToken: tokenText, request }),
    ).toMatchObject({
      verdict: { accepted: true },
      decision: { effect: 'deny', layer: 'owner' },
    });
    expect(installation.logged.some((line) => line.includes('unreadable_policies'))).toBe(true);
  });
});
