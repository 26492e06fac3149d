import type { SecretUse } from '@latchkey/store';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { authenticateToken } from '../../src/authenticate/authenticate-token.ts';
import { createUseRecorder } from '../../src/authenticate/record-uses.ts';
import { createVerifying } from '../../src/verifying/create-verifying.ts';
import { type Installation, openInstallation } from '../installation.ts';

const logger = pino({ level: 'silent' });
const NOWHERE = { address: null, client: null };

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
    const { verifier, uses } = createVerifying(deps);
    const accept = (text: string, address: string | null = null, client: string | null = null) =>
      authenticateToken({ verifier }, { text, address, client });
    const shown = async () => {
      const { secrets, lastUsedAt } = await dana.tokens.get({ tokenId: token.tokenId });
      return { lastUsedAt, newer: secrets[0]?.lastUsedAt ?? null, older: secrets[1]?.lastUsedAt ?? null };
    };
    expect(await shown()).toEqual({ lastUsedAt: null, newer: null, older: null });
    await accept(older);
    const first = await shown();
    expect(first).toMatchObject({ lastUsedAt: first.older, newer: null });

    await accept(newer);
    await accept(older, '192.0.2.9', `curl/8 ${newer}`);
    await uses.close();
    const second = await shown();
    expect(Date.parse(second.older ?? '')).toBeGreaterThan(Date.parse(first.older ?? ''));
    expect(second.lastUsedAt).toBe(second.older);
    expect(second.newer).not.toBeNull();
    const { items } = await dana.tokens.list({ nameContains: 'used' });
    const shownFrom = items.find(({ tokenId }) => tokenId === token.tokenId)?.secrets[1];
    expect(shownFrom?.lastUsedAddress).toBe('192.0.2.9');
    // SECRET-ONCE: whatever somebody puts into a User-Agent.
    expect(shownFrom?.lastUsedClient).toMatch(/^curl\/8 lk_pat_[0-9A-Za-z]{16}_\[redacted\]$/);
  });

  it('never go backwards', async () => {
    const dana = await installation.member('acme', 'dana');
    const { token, tokenText } = await dana.tokens.issue({ name: 'used once' });
    await authenticateToken(installation.deps, { text: tokenText, address: null, client: null });
    const { lastUsedAt } = await dana.tokens.get({ tokenId: token.tokenId });
    const early = { organizationId: 'acme', tokenId: token.tokenId, secretNumber: 1, at: 0, ...NOWHERE };
    await installation.deps.store.tokens.recordUses([early]);
    expect((await dana.tokens.get({ tokenId: token.tokenId })).lastUsedAt).toBe(lastUsedAt);
  });

  it("are written for the organization that was meant and no other's token of that id (TENANT-WALL)", async () => {
    const dana = await installation.member('acme', 'dana');
    const { token } = await dana.tokens.issue({ name: 'not used' });
    const elsewhere = { organizationId: 'globex', tokenId: token.tokenId, secretNumber: 1, at: Date.now(), ...NOWHERE };
    await installation.deps.store.tokens.recordUses([elsewhere]);
    expect((await dana.tokens.get({ tokenId: token.tokenId })).lastUsedAt).toBeNull();
  });
});

describe('the recorder', () => {
  const use = (tokenId: string, at: number): SecretUse => ({
    ...{ organizationId: 'acme', tokenId, secretNumber: 1, at },
    ...NOWHERE,
  });
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

  it('writes down what the verifier has noted, as much as there is, and keeps nothing that can’t be stored or shown', async () => {
    const written: SecretUse[] = [];
    const store = { tokens: { recordUses: async (batch: readonly SecretUse[]) => void written.push(...batch) } };
    const waiting = Array.from({ length: 2_500 }, (_, i) => ({
      ...use(`token ${i}`, i),
      ...{ address: i === 0 ? 'not an address' : '192.0.2.1', client: i === 0 ? 'a\u0000b\n' : 'client' },
    }));
    const uses = createUseRecorder({
      store: store as unknown as Parameters<typeof createUseRecorder>[0]['store'],
      logger,
      takeUses: (limit) => waiting.splice(0, limit),
    });
    await uses.close();
    expect(written).toHaveLength(2_500);
    expect(written[0]).toEqual({ ...use('token 0', 0), address: null, client: 'a b ' });
    expect(written[1]).toEqual({ ...use('token 1', 1), address: '192.0.2.1', client: 'client' });
  });
});
