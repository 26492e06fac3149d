import { createHash } from 'node:crypto';
import type { About, Coherence, Finding, LookUpAnswer, Origin, Verdict } from '../../src/verifier/index.ts';
import { createTrust, createUses, createVerifierWith, RULES, type Rules } from '../../src/verifier/unsafe.ts';

export const LEASE_MS = 2_000;
export const at = (snapshot: string, incarnation = 'one'): Coherence => ({ incarnation, snapshot });

export const about = (parts: Partial<About> = {}): About => ({
  organizationId: 'acme',
  tokenId: 'T1',
  ownerId: 'ada',
  dependsOnPermissions: true,
  maxAgeMs: 60_000,
  bytes: 100,
  ...parts,
});

export const accepted = (parts: Partial<Extract<Finding<string>, { outcome: 'accepted' }>> = {}): Finding<string> => ({
  outcome: 'accepted',
  about: about(),
  secretNumber: 1,
  superseded: false,
  until: null,
  addressRanges: [],
  subject: 'subject',
  keep: true,
  ...parts,
});

export const refused: Finding<string> = { outcome: 'refused', status: 401, about: about() };

/** A look-up that waits for its answer. */
export interface Asked {
  readonly presentedToken: string;
  readonly origin: Origin;
  answer(finding: Finding<string>, coherence?: Coherence): Promise<void>;
  fail(error: Error): Promise<void>;
}

export interface StandOptions {
  readonly rules?: Partial<Rules>;
  readonly maxEntries?: number;
  readonly maxBytes?: number;
}

/** A verifier whose clocks and look-ups are moved by hand. */
export const openStand = ({ rules = {}, maxEntries = 1_000, maxBytes = 1e9 }: StandOptions = {}) => {
  const asked: Asked[] = [];
  const clock = { monotonic: 5_000, wall: 1_000_000 };
  const all = { ...RULES, ...rules };
  const options = {
    monotonic: () => clock.monotonic,
    wall: () => clock.wall,
    leaseMs: LEASE_MS,
    maxEntries,
    maxBytes,
    keyOf: (text: string) => createHash('sha256').update(text).digest('binary'),
    source: {
      mayBeToken: (text: string) => !text.startsWith('!'),
      lookUp: (presentedToken: string, origin: Origin) => {
        const { promise, resolve, reject } = Promise.withResolvers<LookUpAnswer<string>>();
        asked.push({
          presentedToken,
          origin,
          answer: async (finding, coherence = at('10:10:')) => {
            resolve({ finding, coherence });
            await settled();
          },
          fail: async (error) => {
            reject(error);
            await settled();
          },
        });
        return promise;
      },
    },
  };
  const verifier = createVerifierWith<string>(options, {
    trust: createTrust(options, all),
    uses: createUses(1_000),
    rules: all,
  });
  const pass = (ms: number) => {
    clock.monotonic += ms;
    clock.wall += ms;
  };
  /** A poll that begins and is answered now. */
  const trust = (coherence = at('10:10:'), now = 9_000_000 + clock.monotonic) =>
    verifier.trust({
      coherence,
      leaseUntil: clock.monotonic + LEASE_MS,
      now,
      nowAt: clock.monotonic,
      wallAt: clock.wall,
    });
  /** First sight of a text, looked up and answered. */
  const learn = async (text: string, finding: Finding<string>, origin?: Origin): Promise<Verdict<string>> => {
    const verdict = verifier.verify(text, origin);
    await asked.at(-1)?.answer(finding, verifier.coherence() ?? at('10:10:'));
    return verdict;
  };
  /** Whether a verification is answered out of memory. */
  const isRemembered = (text: string): boolean => {
    const verdict = verifier.verify(text);
    if (!(verdict instanceof Promise)) return true;
    verdict.catch(() => undefined);
    return false;
  };
  return { verifier, clock, asked, pass, trust, learn, isRemembered };
};

/** Whatever was resolved has been told to everybody. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
