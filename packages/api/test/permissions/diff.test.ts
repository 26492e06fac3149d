import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
let dana: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  [olivia, dana] = [await installation.member('acme', 'olivia'), await installation.member('acme', 'dana')];
});
afterAll(() => installation.close());

const flags = (env: string, ...actions: readonly string[]) => ({
  resourceType: 'flag',
  effect: 'allow',
  actions: [...actions],
  resources: [`project/*:env/${env}:flag/*`],
});
const of = (
  ...statements: ReturnType<typeof flags>[]
): { type: 'statements'; statements: Record<string, unknown>[] } => ({
  type: 'statements',
  statements,
});

describe('permissions.diff', () => {
  it('says what was gained and what was lost, with a request that shows each and the statement that allows it', async () => {
    const difference = await dana.permissions.diff({
      before: of(flags('dev', 'ToggleFlag', 'DeleteFlag')),
      after: of(flags('*', 'ToggleFlag')),
    });
    expect(difference).toMatchObject({ complete: true, gainedCount: 1, lostCount: 1 });
    const [gained, lost] = [difference.gained[0], difference.lost[0]];
    expect(gained).toMatchObject({ action: 'ToggleFlag', by: { number: 1, statement: flags('*', 'ToggleFlag') } });
    expect(gained?.resource).not.toMatch(/env\/dev\b/);
    expect(lost).toMatchObject({ action: 'DeleteFlag', by: { statement: flags('dev', 'ToggleFlag', 'DeleteFlag') } });
    expect(lost?.resource).toMatch(/^project\/[^:]*:env\/dev:flag\//);
  });

  it('says of the same permissions in other words that nothing changed, and says so for certain', async () => {
    expect(
      await dana.permissions.diff({
        before: of(flags('dev', 'ToggleFlag', 'DeleteFlag')),
        after: of(flags('dev', 'DeleteFlag'), flags('dev', 'ToggleFlag')),
      }),
    ).toEqual({ gained: [], gainedCount: 0, lost: [], lostCount: 0, complete: true });
  });

  it('BOUNDED-WORK: compares for anybody as many statements as a token may have, and as a policy may for administrators', async () => {
    const many = of(...Array.from({ length: 101 }, (_, i) => flags(`dev${i}`, 'ToggleFlag')));
    for (const asked of [
      { before: many, after: of() },
      { before: of(), after: many },
    ]) {
      expect(await refusal(dana.permissions.diff(asked))).toMatchObject({
        code: 'PERMISSIONS_INVALID',
        details: { problems: [{ code: 'too_many_statements' }] },
      });
    }
    expect(await olivia.permissions.diff({ before: of(), after: many })).toMatchObject({ gainedCount: 101 });
  });

  it("compares the caller's own permissions with proposed ones, and a member's or policies for administrators", async () => {
    const own = await dana.permissions.diff({ before: { type: 'member' }, after: of(flags('*', 'ToggleFlag')) });
    expect(own.gained).toEqual([]);
    expect(own.lost.map(({ action }) => action)).toContain('CanAccessProject');
    expect(own.lost[0]?.by.policy).toEqual({ id: 'developer', name: 'Developer' });
    const named = await olivia.permissions.diff({
      before: { type: 'member', memberId: 'dana' },
      after: { type: 'policies', policyIds: ['developer', 'no-production-deletes'] },
    });
    expect(named.gained).toEqual([]);
    expect(named.lost.map(({ action, resource }) => [action, resource.split(':')[1]])).toContainEqual([
      'DeleteFlag',
      'env/prod',
    ]);
  });

  it('is refused to others for policies and members, and to a token for what its owner has beyond it', async () => {
    const before = of(flags('dev', 'ToggleFlag'));
    const others: Parameters<Caller['permissions']['diff']>[0]['after'][] = [
      { type: 'policies', policyIds: ['owner'] },
      { type: 'member', memberId: 'olivia' },
      { type: 'member', memberId: 'nobody' },
    ];
    for (const after of others) {
      expect(await refusal(dana.permissions.diff({ before, after }))).toMatchObject({
        code: 'NOT_ALLOWED',
        details: { action: 'CanManageIAM' },
      });
    }
    const narrow = await dana.tokens.issue({ name: 'narrow', permissions: before });
    const bearer = await installation.token(narrow.tokenText);
    expect(await refusal(bearer.permissions.diff({ before, after: { type: 'member' } }))).toMatchObject({
      code: 'CREDENTIAL_KIND',
    });
    expect(
      await refusal(olivia.permissions.diff({ before, after: { type: 'policies', policyIds: ['none'] } })),
    ).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('names the place of every problem in what it is given', async () => {
    const after = { type: 'statements' as const, statements: [{ effect: 'maybe' }] };
    const refused = await refusal(dana.permissions.diff({ before: of(flags('dev', 'ToggleFlag')), after }));
    expect(refused.code).toBe('PERMISSIONS_INVALID');
    expect(JSON.stringify(refused.details)).toMatch(/after\.statements\[0\]/);
  });
});
