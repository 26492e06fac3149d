import { describe, expect, it } from 'vitest';
import {
  credentialVerdictOf,
  httpClassOf,
  type RejectionReason,
  rejectionReasons,
  type SecretFacts,
  type TokenFacts,
  type VerdictInput,
  verdictOf,
} from '../../src/lifecycle/index.ts';
import type { Proof } from '../../src/token/index.ts';

const NOW = 1_750_000_000_000;
const marks = { installation: 3, organization: 5, owner: 7 };
const newest: SecretFacts = { number: 2, acceptedUntil: null, spent: false };
const inGrace: SecretFacts = { number: 1, acceptedUntil: NOW + 1_000, spent: false };
const live = (secretNumber: number): Proof => ({ outcome: 'live', secretNumber, redigest: null });
const spent = (secretNumber: number): Proof => ({ outcome: 'spent', secretNumber });
const none: Proof = { outcome: 'none', unknownPepperIds: [] };

interface Change extends Omit<Partial<VerdictInput>, 'found'> {
  readonly token?: Partial<TokenFacts>;
  readonly found?: Partial<VerdictInput['found']>;
}
const judge = ({ token, found, ...rest }: Change = {}) =>
  verdictOf({
    found: {
      token: { kind: 'personal', state: 'active', expiresAt: null, addressRanges: [], marks, ...token },
      secrets: [newest, inGrace],
      marks,
      ownerGateClosed: false,
      ...found,
    },
    proof: live(2),
    now: NOW,
    ...rest,
  });
const reasonOf = (change: Change) => {
  const verdict = judge(change);
  return verdict.accepted ? 'accepted' : verdict.reason;
};

describe('an accepted token', () => {
  it('says which secret it was and until when that holds', () => {
    const accepted = { accepted: true, secretNumber: 2, superseded: false, until: null };
    expect(judge()).toEqual(accepted);
    expect(judge({ token: { expiresAt: NOW + 5 } })).toEqual({ ...accepted, until: NOW + 5 });
    const grace = { accepted: true, secretNumber: 1, superseded: true, until: NOW + 1_000 };
    expect(judge({ proof: live(1) })).toEqual(grace);
    expect(judge({ proof: live(1), token: { expiresAt: NOW + 5_000 } })).toEqual(grace);
    expect(judge({ proof: live(1), token: { expiresAt: NOW + 5 } })).toEqual({ ...grace, until: NOW + 5 });
  });

  it.each<[string, Change]>([
    ['a service token whatever its issuer became', { token: { kind: 'service' }, found: { ownerGateClosed: true } }],
    ['a service token under any owner mark', { token: { kind: 'service' }, found: { marks: { ...marks, owner: 99 } } }],
    ['from an address in a range', { token: { addressRanges: ['10.0.0.0/8'] }, address: '::ffff:10.2.3.4' }],
    ['under a mark that is smaller than its own', { found: { marks: { installation: 0, organization: 0, owner: 0 } } }],
    ['in the last millisecond before expiry', { token: { expiresAt: NOW + 1 } }],
  ])('%s', (_, change) => {
    expect(reasonOf(change)).toBe('accepted');
  });
});

describe('a refused token', () => {
  it.each<[string, RejectionReason, Change]>([
    ['without a proof', 'wrong_secret', { proof: none }],
    ['proved with a secret that its rows do not have', 'wrong_secret', { proof: live(3) }],
    ['at the end of the grace period, with no worker', 'superseded', { proof: live(1), now: NOW + 1_000 }],
    ['after the cut', 'superseded', { proof: spent(1), found: { secrets: [newest, { ...inGrace, spent: true }] } }],
    ['revoked', 'revoked', { token: { state: 'revoked' }, proof: spent(2) }],
    ['revoked inside the grace period', 'superseded', { token: { state: 'revoked' }, proof: spent(1) }],
    ['revoked, though its digest was put back by hand', 'revoked', { token: { state: 'revoked' } }],
    ['revoked, though its state was put back by hand', 'revoked', { proof: spent(2) }],
    ['revoked, though only its digest was spared', 'revoked', { found: { secrets: [{ ...newest, spent: true }] } }],
    ['at the instant of expiry (CLOCK-EXPIRY)', 'expired', { token: { expiresAt: NOW } }],
    ['after expiry', 'expired', { token: { expiresAt: NOW - 1 } }],
    ['issued before the installation was restored', 'recalled', { found: { marks: { ...marks, installation: 4 } } }],
    ["issued before the organization's emergency", 'recalled', { found: { marks: { ...marks, organization: 6 } } }],
    ['with its owner removed (GATE-FIRST)', 'owner_removed', { found: { ownerGateClosed: true } }],
    [
      'with its owner back under a greater mark (TERMINAL)',
      'owner_removed',
      { found: { marks: { ...marks, owner: 8 } } },
    ],
    ['inactive', 'inactive', { token: { state: 'inactive' } }],
    ['pending', 'inactive', { token: { state: 'pending' } }],
    ['from elsewhere', 'address', { token: { addressRanges: ['10.0.0.0/8'] }, address: '11.0.0.1' }],
    ['from nowhere known', 'address', { token: { addressRanges: ['0.0.0.0/0', '::/0'] } }],
    ['from an address that does not parse', 'address', { token: { addressRanges: ['0.0.0.0/0'] }, address: '1.2.3' }],
    ['under ranges that do not parse', 'address', { token: { addressRanges: ['10.0.0.0/99'] }, address: '10.0.0.1' }],
  ])('%s', (_, reason, change) => {
    expect(judge(change)).toEqual({ accepted: false, reason });
  });

  it.each<[string, Change]>([
    ['now', { now: Number.NaN, token: { expiresAt: NOW + 1 } }],
    ['expiry', { token: { expiresAt: Number.NaN } }],
    ['the end of a grace period', { proof: live(1), found: { secrets: [{ ...inGrace, acceptedUntil: Number.NaN }] } }],
    ["the token's mark", { token: { marks: { ...marks, organization: Number.NaN } } }],
    ['a current mark', { found: { marks: { ...marks, installation: Number.NaN } } }],
    ['an owner mark that a driver left out', { found: { marks: { ...marks, owner: undefined as never } } }],
    ['the gate', { found: { ownerGateClosed: undefined as never } }],
  ])('is refused where %s cannot be read (FAIL-CLOSED)', (_, change) => {
    expect(judge(change).accepted).toBe(false);
  });

  it('gives the first reason of the table, in every combination of them', () => {
    // In the order in which the design judges; each says what brings it about and nothing else.
    const causes: [RejectionReason, (change: Draft) => void][] = [
      [
        'wrong_secret',
        (draft) => {
          draft.proof = none;
        },
      ],
      [
        'superseded',
        (draft) => {
          draft.secret = { number: 2, acceptedUntil: NOW - 1, spent: false };
        },
      ],
      [
        'revoked',
        (draft) => {
          draft.token.state = 'revoked';
        },
      ],
      [
        'recalled',
        (draft) => {
          draft.marks.organization = 6;
        },
      ],
      [
        'expired',
        (draft) => {
          draft.token.expiresAt = NOW;
        },
      ],
      [
        'owner_removed',
        (draft) => {
          draft.ownerGateClosed = true;
        },
      ],
      [
        'inactive',
        (draft) => {
          draft.token.state = draft.token.state === 'revoked' ? 'revoked' : 'inactive';
        },
      ],
      [
        'address',
        (draft) => {
          draft.token.addressRanges = ['10.0.0.0/8'];
        },
      ],
    ];
    for (let chosen = 0; chosen < 1 << causes.length; chosen += 1) {
      const draft: Draft = {
        proof: live(2),
        secret: newest,
        token: { state: 'active', expiresAt: null, addressRanges: [] },
        marks: { ...marks },
        ownerGateClosed: false,
      };
      const present = causes.filter((_, index) => (chosen >> index) & 1);
      for (const [, cause] of present) cause(draft);
      const { token, proof, secret, ...found } = draft;
      const expected = present[0]?.[0] ?? 'accepted';
      expect(reasonOf({ token, proof, found: { ...found, secrets: [secret] } })).toBe(expected);
    }
  });

  it('by an unknown id or without the secret shows nothing of the state (PROOF-FIRST)', () => {
    expect(verdictOf({ found: null, proof: none, now: NOW })).toEqual({ accepted: false, reason: 'unknown' });
    for (const state of ['pending', 'active', 'inactive', 'revoked'] as const) {
      for (const ownerGateClosed of [true, false]) {
        for (const expiresAt of [null, NOW - 1]) {
          expect(reasonOf({ proof: none, token: { state, expiresAt }, found: { ownerGateClosed } })).toBe(
            'wrong_secret',
          );
        }
      }
    }
  });
});

describe('a credential of the installation', () => {
  const judgeCredential = (revoked: boolean, proof: Proof, secrets = [newest, inGrace], now = NOW) =>
    credentialVerdictOf({ found: { revoked, secrets }, proof, now });

  it('is accepted while it is neither revoked nor past a grace period', () => {
    expect(judgeCredential(false, live(2))).toEqual({
      accepted: true,
      secretNumber: 2,
      superseded: false,
      until: null,
    });
    expect(judgeCredential(false, live(1)).accepted).toBe(true);
    expect(judgeCredential(false, live(1), undefined, NOW + 1_000)).toEqual({ accepted: false, reason: 'superseded' });
    expect(judgeCredential(true, live(2))).toEqual({ accepted: false, reason: 'revoked' });
    expect(judgeCredential(false, spent(2))).toEqual({ accepted: false, reason: 'revoked' });
    expect(judgeCredential(false, none)).toEqual({ accepted: false, reason: 'wrong_secret' });
    expect(credentialVerdictOf({ found: null, proof: none, now: NOW })).toEqual({ accepted: false, reason: 'unknown' });
  });
});

describe('the HTTP class of a reason', () => {
  it('is 401 until the secret is proved and for what has ended, 403 after, 503 for an outage', () => {
    expect(Object.fromEntries(rejectionReasons.map((reason) => [reason, httpClassOf(reason)]))).toEqual({
      malformed: 401,
      unknown: 401,
      wrong_secret: 401,
      superseded: 401,
      revoked: 401,
      recalled: 401,
      expired: 401,
      owner_removed: 403,
      inactive: 403,
      address: 403,
      unavailable: 503,
    });
  });
});

interface Draft {
  proof: Proof;
  secret: SecretFacts;
  token: { state: TokenFacts['state']; expiresAt: number | null; addressRanges: string[] };
  marks: { installation: number; organization: number; owner: number };
  ownerGateClosed: boolean;
}
