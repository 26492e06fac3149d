import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
let olivia: Caller;
let dana: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
  dana = await installation.member('acme', 'dana');
  for (let index = 1; index <= 7; index += 1) {
    const expiresAt = index % 2 === 0 ? { expiresAt: `2100-01-0${index}T00:00:00Z` } : {};
    await dana.tokens.issue({ name: `Robot ${index}`, ...expiresAt });
  }
  await olivia.tokens.issue({ name: 'olivia' });
  await olivia.tokens.issue({ kind: 'service', name: 'service', permissions: { type: 'ability', ability: 'read' } });
});
afterAll(() => installation.close());

type ListInput = NonNullable<Parameters<Caller['tokens']['list']>[0]>;

const names = async (as: Caller, input: ListInput = {}) => (await as.tokens.list(input)).items.map(({ name }) => name);
const allPages = async (as: Caller, input: ListInput) => {
  const pages: string[][] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Caller['tokens']['list']>> = await as.tokens.list({
      ...input,
      ...(cursor && { cursor }),
    });
    pages.push(page.items.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return pages;
};

describe('lists', () => {
  it('go page by page in each order, and see each token once', async () => {
    const byName = await allPages(olivia, { sort: 'name', direction: 'asc', limit: 4 });
    expect(byName).toEqual([
      ['olivia', 'Robot 1', 'Robot 2', 'Robot 3'],
      ['Robot 4', 'Robot 5', 'Robot 6', 'Robot 7'],
      ['service'],
    ]);
    for (const sort of ['createdAt', 'expiresAt', 'lastUsedAt', 'name'] as const) {
      for (const direction of ['asc', 'desc'] as const) {
        const pages = await allPages(olivia, { sort, direction, limit: 2 });
        expect(pages.flat().sort()).toEqual(byName.flat().sort());
        expect(pages.map((page) => page.length)).toEqual([2, 2, 2, 2, 1]);
      }
    }
    expect((await names(olivia, { sort: 'expiresAt', direction: 'asc' })).slice(0, 3)).toEqual([
      'Robot 2',
      'Robot 4',
      'Robot 6',
    ]);
  });

  it('end with the last full page', async () => {
    expect(await allPages(olivia, { limit: 9 })).toHaveLength(1);
  });

  it('are filtered by each field', async () => {
    expect(await names(olivia, { nameContains: 'ROBOT', limit: 200 })).toHaveLength(7);
    expect(await names(olivia, { nameContains: '%' })).toEqual([]);
    expect(await names(olivia, { kind: 'service' })).toEqual(['service']);
    expect(await names(olivia, { ownerId: 'olivia' })).toEqual(['olivia']);
    expect(await names(olivia, { issuerId: 'olivia' })).toEqual(['service', 'olivia']);
    const stopped = await dana.tokens.issue({ name: 'stopped' });
    await dana.tokens.deactivate({ tokenId: stopped.token.tokenId });
    expect(await names(olivia, { status: 'inactive' })).toEqual(['stopped']);
    await dana.tokens.revoke({ tokenId: stopped.token.tokenId });
    expect(await names(olivia, { status: 'revoked' })).toEqual(['stopped']);
    expect(await names(olivia)).not.toContain('stopped');
  });

  it('show, without the permission to list, what is one’s own, whatever is asked for', async () => {
    const bea = await installation.member('acme', 'bea');
    expect(await names(bea)).toEqual([]);
    await bea.tokens.issue({ name: "bea's" });
    expect(await names(bea)).toEqual(["bea's"]);
    expect(await names(bea, { ownerId: 'dana' })).toEqual([]);
    expect(await names(bea, { kind: 'service' })).toEqual([]);
  });

  it('hold no digest, no secret and no text of a token', async () => {
    const { tokenText } = await dana.tokens.issue({ name: 'hidden' });
    const shown = JSON.stringify([await olivia.tokens.list({ limit: 200 }), await olivia.audit.list({ limit: 200 })]);
    expect(shown).not.toContain(tokenText);
    expect(shown).not.toContain(tokenText.slice(24));
    expect(shown).not.toMatch(/digest|pepper|tagKey/u);
  });
});
