import { describe, expect, test } from 'vitest';
import type { Rules } from '../../src/verifier/unsafe.ts';
import { about, accepted, at, LEASE_MS, openStand, refused, settled } from './stand.ts';

/** One rule of coherence: what must not happen, how somebody would make it happen, and the rule that is in the way. */
interface Case {
  readonly name: string;
  readonly off: Partial<Rules>;
  /** Whether what must not happen has happened. */
  readonly attempt: (rules: Partial<Rules>) => Promise<boolean>;
}

const CHANGE = [{ subject: 'token', organizationId: 'acme', id: 'T1' }] as const;
const OF_OWNER = [{ subject: 'owner', organizationId: 'acme', id: 'ada' }] as const;

const cases: readonly Case[] = [
  {
    name: 'DEAD-ON-RETURN: a process that was paused past its lease answers nothing from memory',
    off: { isWithinLease: () => true, isWallClockSound: () => true },
    attempt: async (rules) => {
      const { learn, trust, pass, isRemembered } = openStand({ rules });
      trust();
      await learn('token', accepted());
      pass(LEASE_MS);
      return isRemembered('token');
    },
  },
  {
    name: 'DEAD-ON-RETURN: the lease alone ends memory, where the wall clock says nothing',
    off: { isWithinLease: () => true },
    attempt: async (rules) => {
      const { learn, trust, clock, isRemembered } = openStand({ rules });
      trust();
      await learn('token', accepted());
      clock.monotonic += LEASE_MS;
      return isRemembered('token');
    },
  },
  {
    name: 'DEAD-ON-RETURN: a machine that was suspended, so that its monotonic clock stood still, answers nothing from memory',
    off: { isWallClockSound: () => true },
    attempt: async (rules) => {
      const { learn, trust, clock, isRemembered } = openStand({ rules });
      trust();
      await learn('token', accepted());
      clock.wall += LEASE_MS + 1;
      return isRemembered('token');
    },
  },
  {
    name: 'DEAD-ON-RETURN: after a wall clock that went back nothing is answered from memory',
    off: { isWallClockSound: () => true },
    attempt: async (rules) => {
      const { learn, trust, clock, isRemembered } = openStand({ rules });
      trust();
      await learn('token', accepted());
      clock.wall -= 1;
      return isRemembered('token');
    },
  },
  {
    name: 'DEAD-ON-RETURN: a slow look-up that a stop has overtaken is not kept',
    off: { isUntouched: () => true },
    attempt: async (rules) => {
      const { verifier, asked, trust, isRemembered } = openStand({ rules });
      trust();
      const slow = verifier.verify('token');
      verifier.apply(CHANGE, at('11:11:'));
      trust(at('11:11:'));
      await asked[0]?.answer(accepted());
      await slow;
      return isRemembered('token');
    },
  },
  {
    name: 'DEAD-ON-RETURN: what is remembered of an owner’s tokens goes when the owner changes',
    off: { isCurrent: () => true },
    attempt: async (rules) => {
      const { verifier, learn, trust, isRemembered } = openStand({ rules });
      trust();
      await learn('token', accepted());
      verifier.apply(OF_OWNER, at('11:11:'));
      trust(at('11:11:'));
      return isRemembered('token');
    },
  },
  {
    name: 'DEAD-ON-RETURN: whoever joins a look-up that a stop has overtaken asks again',
    off: { mayJoin: () => true },
    attempt: async (rules) => {
      const { verifier, asked, trust } = openStand({ rules });
      trust();
      const slow = verifier.verify('token');
      verifier.apply(CHANGE, at('11:11:'));
      trust(at('11:11:'));
      const joiner = Promise.resolve(verifier.verify('token'));
      await asked[0]?.answer(accepted());
      await slow;
      await asked[1]?.answer(refused, at('11:11:'));
      return (await joiner).accepted;
    },
  },
  {
    name: 'DEAD-ON-RETURN: whoever joins a look-up asks again where the lease has run out meanwhile',
    off: { mayJoin: ({ beganAfter, coherent }) => beganAfter || coherent },
    attempt: async (rules) => {
      const { verifier, asked, trust, pass } = openStand({ rules });
      trust();
      const slow = verifier.verify('token');
      // A stop that this verifier doesn't hear of settles by waiting for the lease.
      pass(LEASE_MS + 120);
      const joiner = Promise.resolve(verifier.verify('token'));
      await asked[0]?.answer(accepted());
      await slow;
      await asked[1]?.answer(refused);
      return (await joiner).accepted;
    },
  },
  {
    name: 'DEAD-ON-RETURN: whoever joins a look-up of a node that lags asks again',
    off: { isAsNew: () => true },
    attempt: async (rules) => {
      const { verifier, asked, trust } = openStand({ rules });
      trust(at('20:20:'));
      const slow = verifier.verify('token');
      const joiner = Promise.resolve(verifier.verify('token'));
      await asked[0]?.answer(accepted(), at('10:10:'));
      await slow;
      await asked[1]?.answer(refused, at('20:20:'));
      return (await joiner).accepted;
    },
  },
  {
    name: 'NO-ESCALATION: what may not be remembered at all is told to nobody who came after it was asked for',
    off: { isYoung: () => true },
    attempt: async (rules) => {
      const { verifier, asked, trust, pass } = openStand({ rules });
      trust();
      const slow = verifier.verify('token');
      pass(1);
      const joiner = Promise.resolve(verifier.verify('token'));
      // The host is to be asked at each verification: what it said to the first one is that one's alone.
      await asked[0]?.answer(accepted({ about: about({ maxAgeMs: 0 }) }));
      await slow;
      await asked[1]?.answer(refused);
      return (await joiner).accepted;
    },
  },
  {
    name: 'an unknown token that is issued while somebody looks for it is accepted for whoever comes after',
    off: { mayJoin: () => true },
    attempt: async (rules) => {
      const { verifier, asked, trust } = openStand({ rules });
      trust();
      const early = verifier.verify('token');
      const late = Promise.resolve(verifier.verify('token'));
      await asked[0]?.answer({ outcome: 'unknown' });
      await early;
      await asked[1]?.answer(accepted());
      return !(await late).accepted;
    },
  },
  {
    name: 'an unknown token is asked for each time',
    off: { mayKeepUnknown: true },
    attempt: async (rules) => {
      const { learn, trust, isRemembered } = openStand({ rules });
      trust();
      await learn('token', { outcome: 'unknown' });
      return isRemembered('token');
    },
  },
  {
    name: 'DEAD-ON-RETURN: an answer of another incarnation is not kept, however great its numbers',
    off: { isSameIncarnation: () => true },
    attempt: async (rules) => {
      const { verifier, asked, trust, isRemembered } = openStand({ rules });
      trust(at('10:10:', 'two'));
      const slow = verifier.verify('token');
      await asked[0]?.answer(accepted(), at('90:90:', 'one'));
      await slow;
      return isRemembered('token');
    },
  },
  {
    name: 'DEAD-ON-RETURN: an answer of a node that lags is used and not kept',
    off: { isAsNew: () => true },
    attempt: async (rules) => {
      const { verifier, asked, trust, isRemembered } = openStand({ rules });
      trust(at('10:20:15'));
      const first = verifier.verify('token');
      await asked[0]?.answer(accepted(), at('10:20:12,15'));
      if (!(await first).accepted) throw new Error('it was not used');
      return isRemembered('token');
    },
  },
  {
    name: 'FAIL-CLOSED: an answer whose snapshot can’t be read is not kept',
    off: { isAsNew: () => true },
    attempt: async (rules) => {
      const { verifier, asked, trust, isRemembered } = openStand({ rules });
      trust();
      const first = verifier.verify('token');
      await asked[0]?.answer(accepted(), at('latest'));
      await first;
      return isRemembered('token');
    },
  },
  {
    name: 'DEAD-ON-RETURN: a look-up from before a new registration is not kept after it',
    off: { isSameTrust: () => true, isUntouched: () => true, isCurrent: () => true },
    attempt: async (rules) => {
      const { verifier, asked, trust, isRemembered } = openStand({ rules });
      trust();
      const slow = verifier.verify('token');
      verifier.distrust();
      // What was committed in between is in the new snapshot, and no change will ever tell of it.
      trust(at('10:10:'));
      await asked[0]?.answer(accepted());
      await slow;
      return isRemembered('token');
    },
  },
  {
    name: 'DEAD-ON-RETURN: a look-up that began while nothing was trusted is not kept',
    off: { isSameTrust: () => true },
    attempt: async (rules) => {
      const { verifier, asked, trust, isRemembered } = openStand({ rules });
      const slow = verifier.verify('token');
      trust();
      await asked[0]?.answer(accepted());
      await slow;
      return isRemembered('token');
    },
  },
  {
    name: 'nothing is remembered for longer than its age, though nothing is heard',
    off: { isYoung: () => true },
    attempt: async (rules) => {
      const { learn, trust, pass, isRemembered } = openStand({ rules });
      trust();
      await learn('token', accepted({ about: about({ maxAgeMs: 5_000 }) }));
      for (let passed = 0; passed < 5_000; passed += 1_000) {
        pass(1_000);
        trust();
      }
      return isRemembered('token');
    },
  },
  {
    name: 'CLOCK-EXPIRY: from the end of its life on a token is asked for, by the database’s clock',
    off: { isBeforeEnd: () => true },
    attempt: async (rules) => {
      const { learn, trust, pass, isRemembered } = openStand({ rules });
      trust(at('10:10:'), 70_000);
      await learn('token', accepted({ until: 70_500 }));
      pass(499);
      if (!isRemembered('token')) throw new Error('it ended early');
      pass(1);
      return isRemembered('token');
    },
  },
  {
    name: 'BOUNDED-WORK: no more entries are kept than there may be',
    off: { fits: () => true },
    attempt: async (rules) => {
      const { verifier, learn, trust } = openStand({ rules, maxEntries: 10 });
      trust();
      for (let i = 0; i < 11; i += 1) await learn(`token ${i}`, accepted({ about: about({ tokenId: `T${i}` }) }));
      return verifier.metrics().entries > 10;
    },
  },
  {
    name: 'BOUNDED-WORK: no more bytes are kept than there may be, what is shared included',
    off: { fits: () => true },
    attempt: async (rules) => {
      const { verifier, learn, trust } = openStand({ rules, maxBytes: 20_000 });
      trust();
      for (let i = 0; i < 3; i += 1) {
        const shared = [{ bytes: 8_000, holders: 0 }];
        await learn(`token ${i}`, accepted({ about: about({ tokenId: `T${i}`, shared }) }));
      }
      return verifier.metrics().bytes > 20_000;
    },
  },
];

describe.each(cases)('$name', ({ off, attempt }) => {
  test('kept', async () => expect(await attempt({})).toBe(false));
  // Else the test above could not fail.
  test('broken where its rule is taken away', async () => expect(await attempt(off)).toBe(true));
});

test('what was committed before an incarnation ended says nothing in the next: another one forgets everything', async () => {
  const { verifier, learn, trust, isRemembered } = openStand();
  trust();
  const verdict = await learn('token', accepted());
  trust(at('10:10:', 'two'));
  expect(verdict.accepted && verifier.stands(verdict)).toBe(false);
  expect(isRemembered('token')).toBe(false);
});

test('a snapshot that sees less than the one before forgets everything', async () => {
  const { learn, trust, isRemembered } = openStand();
  trust(at('20:20:'));
  await learn('token', accepted());
  trust(at('10:10:'));
  expect(isRemembered('token')).toBe(false);
});

test('after a suspension ages are unknown, and everything is forgotten though the lease is new', async () => {
  const { learn, trust, clock, isRemembered } = openStand();
  trust();
  await learn('token', accepted());
  clock.wall += 3_600_000;
  trust();
  expect(isRemembered('token')).toBe(false);
});

test('a look-up under way during more changes than are remembered is not kept', async () => {
  const { verifier, asked, trust, isRemembered } = openStand();
  trust();
  const slow = verifier.verify('token');
  const others = Array.from(
    { length: 5_000 },
    (_, i) => ({ subject: 'token', organizationId: 'acme', id: `other ${i}` }) as const,
  );
  verifier.apply([...CHANGE, ...others], at('11:11:'));
  trust(at('11:11:'));
  await asked[0]?.answer(accepted());
  await slow;
  await settled();
  expect(isRemembered('token')).toBe(false);
});

test('a look-up during changes that don’t touch it is kept', async () => {
  const { verifier, asked, trust, isRemembered } = openStand();
  trust();
  const slow = verifier.verify('token');
  verifier.apply([{ subject: 'token', organizationId: 'acme', id: 'another' }], at('11:11:'));
  trust(at('11:11:'));
  await asked[0]?.answer(accepted());
  await slow;
  expect(isRemembered('token')).toBe(true);
});

test('a lease is never longer than agreed, whatever a node states', async () => {
  const { verifier, learn, clock, pass, isRemembered } = openStand();
  verifier.trust({
    coherence: at('10:10:'),
    leaseUntil: clock.monotonic + 1e9,
    now: 0,
    nowAt: clock.monotonic,
    wallAt: clock.wall,
  });
  await learn('token', accepted());
  pass(LEASE_MS);
  expect(isRemembered('token')).toBe(false);
  expect(verifier.metrics().lease).toBe('expired');
});
