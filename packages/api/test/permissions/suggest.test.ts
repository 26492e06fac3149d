import { compilePermissions, decide, type Policy } from '@latchkey/core/policy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

const DAY = 86_400_000;

let installation: Installation;
let olivia: Caller;
let dana: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  [olivia, dana] = [await installation.member('acme', 'olivia'), await installation.member('acme', 'dana')];
});
afterAll(() => installation.close());

const dev = (key: string) => `project/shop:env/dev:flag/${key}`;
const flags = (actions: readonly string[], ...resources: readonly string[]) => ({
  ...{ resourceType: 'flag', effect: 'allow' as const },
  ...{ actions: [...actions], resources: [...resources] },
});
interface Given {
  readonly folded?: boolean;
  readonly deniedCount?: number;
  readonly daysAgo?: number;
}
const used = async (tokenId: string, action: string, resource: string, allowedCount: number, given: Given = {}) => {
  const { folded = false, deniedCount = 0, daysAgo = 0 } = given;
  const { store } = installation.deps;
  const counted = { organizationId: 'acme', tokenId, action, resource, folded, allowedCount, deniedCount };
  await store.usage.record([counted], (await store.now()) - daysAgo * DAY);
};
const reader = async (name: string) =>
  (
    await olivia.tokens.issue({
      kind: 'service',
      name,
      permissions: {
        type: 'statements',
        statements: [flags(['ToggleFlag', 'DeleteFlag'], 'project/shop:env/*:flag/*')],
      },
    })
  ).token;

describe('permissions.suggest', () => {
  it('proposes to a token what it was used for, and says what the counted decisions would have been', async () => {
    const { token } = await dana.tokens.issue({ name: 'everything of Dana' });
    const { tokenId } = token;
    await used(tokenId, 'ToggleFlag', dev('checkout'), 41_000);
    await used(tokenId, 'ToggleFlag', dev('cart'), 200, { deniedCount: 3, daysAgo: 5 });
    const suggested = await dana.permissions.suggest({ tokenId });
    expect(suggested).toMatchObject({
      ...{ tokenId, kind: 'personal', revision: token.revision, days: 30, generality: 'exact', narrower: true },
      deniedCount: 3,
      statements: [flags(['ToggleFlag'], dev('cart'), dev('checkout'))],
      replay: { decisionCount: 41_200, refusedCount: 0, uncertainCount: 0, refusedAlreadyCount: 0, exact: true },
    });
    const today = new Date(await installation.deps.store.now());
    today.setUTCHours(0, 0, 0, 0);
    expect(suggested.since).toBe(new Date(today.getTime() - 5 * DAY).toISOString());
    const toggle = suggested.actions.find(({ action }) => action === 'ToggleFlag');
    expect(toggle).toEqual({ action: 'ToggleFlag', resourceType: 'flag', decisionCount: 41_200, kept: true });
    expect(suggested.actions.filter(({ kept }) => kept)).toEqual([toggle]);
    expect(suggested.actions.length).toBeGreaterThan(3);
    expect(suggested.differences?.gainedCount).toBe(0);
    expect(suggested.differences?.lostCount).toBeGreaterThan(0);
  });

  it('proposes nothing where nothing was counted, and says so; days and generality are as asked', async () => {
    const { tokenId } = (await dana.tokens.issue({ name: 'never used' })).token;
    expect(await dana.permissions.suggest({ tokenId })).toMatchObject({
      ...{ since: null, narrower: false, statements: [], deniedCount: 0 },
      replay: { decisionCount: 0, refusedCount: 0, exact: true },
    });
    await used(tokenId, 'ToggleFlag', dev('checkout'), 7, { daysAgo: 10 });
    expect((await dana.permissions.suggest({ tokenId, days: 10 })).since).toBeNull();
    expect(await dana.permissions.suggest({ tokenId, days: 11, generality: 'every_key' })).toMatchObject({
      generality: 'every_key',
      statements: [flags(['ToggleFlag'], 'project/*:env/*:flag/*')],
    });
  });

  it('says where decisions were counted together, and keeps what they may have been', async () => {
    const { tokenId } = await reader('folded');
    await used(tokenId, 'ToggleFlag', dev('*'), 900, { folded: true });
    expect(await olivia.permissions.suggest({ tokenId })).toMatchObject({
      statements: [flags(['ToggleFlag'], dev('*'))],
      replay: { decisionCount: 900, refusedCount: 0, uncertainCount: 0, exact: false },
    });
  });

  it('keeps what stands for an action now where it isn’t known what it was used on, and that can be applied', async () => {
    const { tokenId } = (await dana.tokens.issue({ name: 'folded beyond patterns' })).token;
    await used(tokenId, 'ToggleFlag', '*', 900, { folded: true });
    await used(tokenId, 'DeleteFlag', dev('checkout'), 2);
    const { statements, revision, replay } = await dana.permissions.suggest({ tokenId });
    expect(replay).toMatchObject({ decisionCount: 902, refusedCount: 0, uncertainCount: 0, exact: false });
    expect([...new Set(statements.flatMap(({ actions }) => actions))].sort()).toEqual(['DeleteFlag', 'ToggleFlag']);
    const { token } = await dana.tokens.changePermissions({
      tokenId,
      revision,
      permissions: { type: 'statements', statements },
    });
    expect(token.permissions).toMatchObject({ type: 'statements', statements });
  });

  it('never goes beyond what the token may do now, whatever was counted (NO-ESCALATION)', async () => {
    const { tokenId } = await reader('was wider');
    await used(tokenId, 'ToggleFlag', dev('checkout'), 5);
    await used(tokenId, 'UpdateFlagTargeting', dev('checkout'), 9);
    await used(tokenId, 'ToggleFlag', 'project/other:env/dev:flag/x', 9);
    await used(tokenId, 'NoActionOfTheHost', dev('checkout'), 9);
    expect(await olivia.permissions.suggest({ tokenId })).toMatchObject({
      statements: [flags(['ToggleFlag'], dev('checkout'))],
      replay: { decisionCount: 5, refusedCount: 0, refusedAlreadyCount: 27 },
    });
  });

  it('is applied to a personal token by giving it those permissions', async () => {
    const { token, tokenText } = await dana.tokens.issue({ name: 'to be narrowed' });
    const { tokenId } = token;
    await used(tokenId, 'ToggleFlag', dev('checkout'), 5);
    const { statements, revision } = await dana.permissions.suggest({ tokenId });
    await dana.tokens.changePermissions({ tokenId, revision, permissions: { type: 'statements', statements } });
    const decided = async (resource: string) => {
      const request = { action: 'ToggleFlag', resource };
      const { decision } = await installation.verifier().verify.decide({ presentedToken: tokenText, request });
      return decision?.effect;
    };
    expect(await decided(dev('checkout'))).toBe('allow');
    expect(await decided(dev('cart'))).toBe('deny');
    const again = await dana.permissions.suggest({ tokenId });
    expect(again).toMatchObject({ narrower: false, statements, replay: { refusedCount: 0 } });
  });

  it('is applied to a service token by a clone, whose original stays as it is (FROZEN-SERVICE)', async () => {
    const original = await reader('original');
    const { tokenId } = original;
    await used(tokenId, 'ToggleFlag', dev('checkout'), 5);
    const { statements } = await olivia.permissions.suggest({ tokenId });
    const { token } = await olivia.tokens.clone({
      tokenId,
      name: 'right-sized',
      permissions: { type: 'statements', statements },
    });
    if (token.permissions.type !== 'frozen') throw new Error('not frozen');
    const narrowed = compilePermissions(token.permissions.policies as Policy[], { dialect: 'featbit' });
    expect(decide(narrowed, { action: 'ToggleFlag', resource: dev('checkout') }).effect).toBe('allow');
    expect(decide(narrowed, { action: 'ToggleFlag', resource: dev('cart') }).effect).toBe('deny');
    expect((await olivia.tokens.get({ tokenId })).permissions).toEqual(original.permissions);
  });

  it('is for whoever may give the token other permissions', async () => {
    const { tokenId: ofDana } = (await dana.tokens.issue({ name: 'of Dana' })).token;
    const { tokenId: ofAll } = await reader('of all');
    expect((await refusal(olivia.permissions.suggest({ tokenId: ofDana }))).code).toBe('OWNER_ONLY');
    const bea = await installation.member('acme', 'bea');
    expect((await refusal(bea.permissions.suggest({ tokenId: ofDana }))).code).toMatch(/OWNER_ONLY|NOT_FOUND/);
    expect((await refusal(bea.permissions.suggest({ tokenId: ofAll }))).code).toMatch(/NOT_ALLOWED|NOT_FOUND/);
    await olivia.tokens.revoke({ tokenId: ofAll });
    expect((await refusal(olivia.permissions.suggest({ tokenId: ofAll }))).code).toBe('TOKEN_REVOKED');
  });

  it('shows a token that doesn’t inherit nothing of its owner’s policies (NO-SELF-HELP)', async () => {
    const { tokenId } = (await olivia.tokens.issue({ name: 'everything of Olivia' })).token;
    await used(tokenId, 'ToggleFlag', dev('checkout'), 5);
    await used(tokenId, 'ToggleFlag', '*', 5, { folded: true });
    const narrow = await olivia.tokens.issue({
      name: 'manages',
      permissions: {
        type: 'statements',
        statements: [
          {
            effect: 'allow',
            resourceType: 'access-token',
            actions: ['ManagePersonalAccessTokens', 'ListAccessTokens'],
            resources: ['access-token/*'],
          },
        ],
      },
    });
    const suggested = await (await installation.token(narrow.tokenText)).permissions.suggest({ tokenId });
    expect(suggested.differences).toBeNull();
    expect((await olivia.permissions.suggest({ tokenId })).differences).not.toBeNull();
  });
});
