import { inspect } from 'node:util';
import { describe, expect, it, test } from 'vitest';
import { about, accepted, at, openStand, refused } from './stand.ts';

test('what was looked up once is answered synchronously, and by the same verdict', async () => {
  const { verifier, learn, trust, asked } = openStand();
  trust();
  const first = await learn('token', accepted());
  expect(verifier.verify('token')).toBe(first);
  expect(first).toMatchObject({ accepted: true, subject: 'subject', secretNumber: 1 });
  expect(asked).toHaveLength(1);
  expect(verifier.metrics()).toMatchObject({ hits: 1, misses: 1, entries: 1, lease: 'valid' });
});

test('a refusal is remembered as an acceptance is, with its status', async () => {
  const { verifier, learn, trust } = openStand();
  trust();
  await learn('token', { outcome: 'refused', status: 403, reason: 'inactive', about: about() });
  expect(verifier.verify('token')).toEqual({ accepted: false, status: 403, reason: 'inactive' });
  await learn('spent', refused);
  expect(verifier.verify('spent')).toEqual({ accepted: false, status: 401 });
});

test('no plain token is kept', async () => {
  const { verifier, learn, trust } = openStand();
  trust();
  const verdict = await learn('lk_pat_secret', accepted());
  expect(inspect([verdict, verifier.takeUses(10)], { depth: Number.POSITIVE_INFINITY })).not.toContain('lk_pat_secret');
  expect(JSON.stringify(verdict)).toContain('subject');
});

test('what can be no token is refused without a look-up', () => {
  const { verifier, asked } = openStand();
  expect(verifier.verify('!')).toEqual({ accepted: false, status: 401 });
  expect(verifier.verify('x'.repeat(129))).toEqual({ accepted: false, status: 401 });
  expect(asked).toHaveLength(0);
});

test('without a lease each verification asks, and a failure is the caller’s', async () => {
  const { verifier, asked, learn } = openStand();
  await learn('token', accepted());
  const second = verifier.verify('token');
  expect(second).toBeInstanceOf(Promise);
  const failure = expect(second).rejects.toThrow('database away');
  await asked[1]?.fail(new Error('database away'));
  await failure;
  expect(verifier.metrics()).toMatchObject({ failures: 1, misses: 2, hits: 0, lease: 'none', staleMs: null });
});

test('TENANT-WALL: to whoever asks for other organizations a token is unknown, whatever its state', async () => {
  const { verifier, learn, trust } = openStand();
  trust();
  await learn('token', accepted());
  await learn('inactive', { outcome: 'refused', status: 403, reason: 'inactive', about: about({ tokenId: 'T2' }) });
  for (const text of ['token', 'inactive']) {
    expect(verifier.verify(text, { organizationIds: ['beta'] })).toEqual({ accepted: false, status: 401 });
    expect(verifier.verify(text, { organizationIds: [] })).toEqual({ accepted: false, status: 401 });
  }
  expect(verifier.verify('token', { organizationIds: ['acme'] })).toMatchObject({ accepted: true });
});

test('an address outside the ranges is refused, also out of memory and where it is unknown', async () => {
  const { verifier, learn, trust } = openStand();
  trust();
  await learn('token', accepted({ addressRanges: ['192.0.2.0/24'] }), { address: '192.0.2.1' });
  expect(verifier.verify('token', { address: '192.0.2.9' })).toMatchObject({ accepted: true });
  expect(verifier.verify('token', { address: '198.51.100.1' })).toEqual({
    accepted: false,
    status: 403,
    reason: 'address',
  });
  expect(verifier.verify('token')).toEqual({ accepted: false, status: 403, reason: 'address' });
});

test('2,000 simultaneous first sights of one token are one look-up', async () => {
  const { verifier, asked, trust } = openStand();
  trust();
  const verdicts = Array.from({ length: 2_000 }, () => verifier.verify('token'));
  await asked[0]?.answer(accepted());
  expect((await Promise.all(verdicts)).every((verdict) => verdict.accepted)).toBe(true);
  expect(asked).toHaveLength(1);
});

test('without a lease those who come while a look-up is under way share the next one', async () => {
  const { verifier, asked } = openStand();
  const verdicts = Array.from({ length: 100 }, () => verifier.verify('token'));
  await asked[0]?.answer(accepted());
  await asked[1]?.answer(refused);
  const [first, ...others] = await Promise.all(verdicts);
  expect(first).toMatchObject({ accepted: true });
  expect(others.every((verdict) => !verdict.accepted)).toBe(true);
  expect(asked).toHaveLength(2);
});

test('a first use that could not be recorded is nobody else’s acceptance', async () => {
  const { verifier, asked, trust } = openStand();
  trust();
  const elsewhere = verifier.verify('token', { address: '198.51.100.1' });
  const inside = verifier.verify('token', { address: '192.0.2.1' });
  await asked[0]?.answer(accepted({ addressRanges: ['192.0.2.0/24'], keep: false }));
  await asked[1]?.answer(accepted({ addressRanges: ['192.0.2.0/24'] }));
  expect(await elsewhere).toEqual({ accepted: false, status: 403, reason: 'address' });
  expect(await inside).toMatchObject({ accepted: true });
  expect(asked.map(({ origin }) => origin.address)).toEqual(['198.51.100.1', '192.0.2.1']);
});

test.each([
  ['token', { subject: 'token', organizationId: 'acme', id: 'T1' }, false],
  ['owner', { subject: 'owner', organizationId: 'acme', id: 'ada' }, false],
  ['organization', { subject: 'organization', organizationId: 'acme' }, false],
  ['permissions', { subject: 'permissions', organizationId: 'acme' }, false],
  ['installation', { subject: 'installation' }, false],
  ['another token', { subject: 'token', organizationId: 'acme', id: 'T2' }, true],
  ['another owner', { subject: 'owner', organizationId: 'acme', id: 'bob' }, true],
  ['another organization', { subject: 'organization', organizationId: 'beta' }, true],
  ['the owner of that name elsewhere', { subject: 'owner', organizationId: 'beta', id: 'ada' }, true],
] as const)('a change of %s: whether the token is still remembered', async (_, change, remembered) => {
  const { verifier, learn, trust, isRemembered } = openStand();
  trust();
  const verdict = await learn('token', accepted());
  verifier.apply([change], at('11:11:'));
  trust(at('11:11:'));
  expect(verdict.accepted && verifier.stands(verdict)).toBe(remembered);
  expect(isRemembered('token')).toBe(remembered);
});

test('permissions that are frozen outlive a change of the organization’s', async () => {
  const { verifier, learn, trust, isRemembered } = openStand();
  trust();
  await learn('token', accepted({ about: about({ ownerId: null, dependsOnPermissions: false }) }));
  verifier.apply([{ subject: 'permissions', organizationId: 'acme' }], at('11:11:'));
  expect(isRemembered('token')).toBe(true);
});

test('all texts of a token are forgotten with it, and what was forgotten can be learnt again', async () => {
  const { verifier, learn, trust, isRemembered } = openStand();
  trust();
  for (const text of ['new', 'grace', 'spent']) await learn(text, accepted());
  verifier.apply([{ subject: 'token', organizationId: 'acme', id: 'T1' }], at('11:11:'));
  trust(at('11:11:'));
  expect(['new', 'grace', 'spent'].map(isRemembered)).toEqual([false, false, false]);
  expect(verifier.metrics()).toMatchObject({ entries: 0, bytes: 0 });
  await learn('newer', accepted());
  expect(isRemembered('newer')).toBe(true);
});

test('last uses: of each secret the latest, with where from and by which client, each told once', async () => {
  const { verifier, learn, trust, pass } = openStand();
  trust();
  await learn('token', accepted(), { address: '192.0.2.1', client: 'first' });
  pass(300);
  verifier.verify('token', { address: '192.0.2.2', client: 'second' });
  await learn('refused', refused);
  expect(verifier.takeUses(10)).toEqual([
    { organizationId: 'acme', tokenId: 'T1', secretNumber: 1, at: 9_005_300, address: '192.0.2.2', client: 'second' },
  ]);
  expect(verifier.takeUses(10)).toEqual([]);
  verifier.verify('token');
  expect(verifier.takeUses(10)).toHaveLength(1);
});

test('what several hold counts once, and goes with the last of them', async () => {
  const { verifier, learn, trust } = openStand();
  trust();
  const shared = [{ bytes: 10_000, holders: 0 }];
  for (const tokenId of ['T1', 'T2', 'T3']) await learn(tokenId, accepted({ about: about({ tokenId, shared }) }));
  expect(verifier.metrics().bytes).toBe(10_000 + 3 * 500);
  for (const id of ['T1', 'T2', 'T3']) verifier.apply([{ subject: 'token', organizationId: 'acme', id }], at('10:10:'));
  expect(verifier.metrics().bytes).toBe(0);
  expect(shared[0]?.holders).toBe(0);
});

test('who is used stays when room is needed', async () => {
  const { verifier, learn, trust, isRemembered } = openStand({ maxEntries: 3 });
  trust();
  for (const tokenId of ['T1', 'T2', 'T3']) await learn(tokenId, accepted({ about: about({ tokenId }) }));
  verifier.verify('T1');
  verifier.verify('T3');
  await learn('T4', accepted({ about: about({ tokenId: 'T4' }) }));
  expect(['T1', 'T2', 'T3', 'T4'].map(isRemembered)).toEqual([true, false, true, true]);
  expect(verifier.metrics().evictions).toBe(1);
});

test('a finding is told on with what is vouched for, and with what is left of its age', async () => {
  const { verifier, learn, trust, pass } = openStand();
  trust();
  await learn('token', accepted({ about: about({ maxAgeMs: 60_000 }), until: 9_000_000_000 }));
  verifier.takeUses(10);
  pass(1_000);
  expect(verifier.find('token')).toEqual({
    finding: accepted({ about: about({ maxAgeMs: 59_000 }), until: 9_000_000_000 }),
    coherence: at('10:10:'),
  });
  expect(verifier.find('token', { organizationIds: ['beta'] })).toMatchObject({ finding: { outcome: 'unknown' } });
  expect(verifier.find('!')).toMatchObject({ finding: { outcome: 'unknown' } });
  expect(verifier.takeUses(10)).toEqual([]);
});

test('who vouches for nothing says so, and what it found can’t be kept by anybody', async () => {
  const node = openStand();
  const finding = node.verifier.find('token');
  await node.asked[0]?.answer(refused, { incarnation: 'one', snapshot: '' });
  const told = await finding;
  expect(told).toMatchObject({ finding: refused, coherence: { snapshot: '' } });
  const sibling = openStand();
  sibling.trust();
  const verdict = sibling.verifier.verify('token');
  await sibling.asked[0]?.answer(told.finding, told.coherence);
  expect(await verdict).toEqual({ accepted: false, status: 401 });
  expect(sibling.isRemembered('token')).toBe(false);
});

describe('a text of which the node says that no key has minted it', () => {
  const impossible = { outcome: 'unknown', impossible: true } as const;
  const UNAUTHORIZED = { accepted: false, status: 401 };

  it('is not asked for again, for a while: keys are added', async () => {
    const { verifier, asked, learn, trust, pass } = openStand();
    trust();
    await learn('token', impossible);
    expect(verifier.verify('token')).toEqual(UNAUTHORIZED);
    expect(verifier.metrics()).toMatchObject({ misses: 1, impossible: 1, entries: 0 });
    pass(30_000);
    trust();
    void verifier.verify('token');
    expect(asked).toHaveLength(2);
  });

  it('is asked for again of another node, which has other keys', async () => {
    const { verifier, asked, learn, trust } = openStand();
    trust();
    await learn('token', impossible);
    verifier.distrust();
    trust();
    void verifier.verify('token');
    expect(asked).toHaveLength(2);
  });

  it('is asked for each time by whom nothing is trusted, or where another node has answered that lags', async () => {
    const { verifier, asked, learn, trust } = openStand();
    await learn('token', impossible);
    void verifier.verify('token');
    expect(asked).toHaveLength(2);
    await asked[1]?.answer(impossible);
    trust(at('12:12:'));
    for (const count of [3, 4]) {
      const verdict = verifier.verify('token');
      expect(asked).toHaveLength(count);
      await asked.at(-1)?.answer(impossible, at('10:10:'));
      expect(await verdict).toEqual(UNAUTHORIZED);
    }
  });
});
