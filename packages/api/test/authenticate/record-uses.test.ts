import type { SecretUse } from '@latchkey/store';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { authenticateToken } from '../../src/authenticate/authenticate-token.ts';
import { createUseRecorder } from '../../src/authenticate/record-uses.ts';
import { type Installation, openInstallation } from '../installation.ts';

const logger = pino({ level: 'silent' });

describe('last uses', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await openInstallation();
  });
  afterAll(() => installation.close());

  it('are shown of each secret apart, and of the token the latest', async () => {
    const { deps } = installation;
    const dana = await installation.member('acme', 'dana');
    const { token, tokenText: older } = await dana.tokens.issue({ name: 'used' });
    const { tokenText: newer } = await dana.tokens.rotate({ tokenId: token.tokenId, graceMs: 60_000 });
    const uses = createUseRecorder({ store: deps.store, logger });
    const accept = (text: string) => authenticateToken({ ...deps, uses }, { text, address: null, client: null });
    const shown = async () => {
      const { secrets, lastUsedAt } = await dana.tokens.get({ tokenId: token.tokenId });
      return { lastUsedAt, newer: secrets[0]?.lastUsedAt ?? null, older: secrets[1]?.lastUsedAt ?? null };
    };
    expect(await shown()).toEqual({ lastUsedAt: null, newer: null, older: null });
    await accept(older);
    const first = await shown();
    expect(first).toMatchObject({ lastUsedAt: first.older, newer: null });

    await accept(newer);
    await accept(older);
    await uses.close();
    const second = await shown();
    expect(Date.parse(second.older ?? '')).toBeGreaterThan(Date.parse(first.older ?? ''));
    expect(second.lastUsedAt).toBe(second.older);
    expect(second.newer).not.toBeNull();
  });

  it('never go backwards', async () => {
    const dana = await installation.member('acme', 'dana');
    const { token, tokenText } = await dana.tokens.issue({ name: 'used once' });
    await authenticateToken(installation.deps, { text: tokenText, address: null, client: null });
    const { lastUsedAt } = await dana.tokens.get({ tokenId: token.tokenId });
    const early = { organizationId: 'acme', tokenId: token.tokenId, secretNumber: 1, at: 0 };
    await installation.deps.store.tokens.recordUses([early]);
    expect((await dana.tokens.get({ tokenId: token.tokenId })).lastUsedAt).toBe(lastUsedAt);
  });

  it("are written for the organization that was meant and no other's token of that id (TENANT-WALL)", async () => {
    const dana = await installation.member('acme', 'dana');
    const { token } = await dana.tokens.issue({ name: 'not used' });
    const elsewhere = { organizationId: 'globex', tokenId: token.tokenId, secretNumber: 1, at: Date.now() };
    await installation.deps.store.tokens.recordUses([elsewhere]);
    expect((await dana.tokens.get({ tokenId: token.tokenId })).lastUsedAt).toBeNull();
  });
});

describe('the recorder', () => {
  const use = (tokenId: string, at: number): SecretUse => ({ organizationId: 'acme', tokenId, secretNumber: 1, at });
  const recording = (recordUses: (uses: readonly SecretUse[]) => Promise<void>) => {
    const store = { tokens: { recordUses } } as unknown as Parameters<typeof createUseRecorder>[0]['store'];
    return (options: { readonly maxCount?: number } = {}) =>
      createUseRecorder({ store, logger, everyMs: 60_000, ...options });
  };

  it('keeps the latest use of each secret and is bounded, whatever comes (BOUNDED-WORK)', async () => {
    const written: SecretUse[] = [];
    const uses = recording(async (batch) => void written.push(...batch))({ maxCount: 2 });
    for (const each of [use('a', 1), use('a', 2), use('b', 1), use('c', 1), use('b', 3)]) uses.note(each);
    await uses.close();
    expect(written).toEqual([use('a', 2), use('b', 3)]);
  });

  it('loses a batch that could not be written, and nothing else', async () => {
    const recordUses = vi.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValue(undefined);
    const uses = recording(recordUses)();
    uses.note(use('a', 1));
    await uses.close();
    uses.note(use('b', 1));
    await uses.close();
    expect(recordUses.mock.calls).toEqual([[[use('a', 1)]], [[use('b', 1)]]]);
  });
});
