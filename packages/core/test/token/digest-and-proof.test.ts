import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Crypto } from '../../src/crypto.ts';
import {
  DIGEST_FORMAT,
  type DigestInput,
  digestSubjectOf,
  digestToken,
  frozenPermissionsDigest,
  mintToken,
  type ProofCandidate,
  proveSecret,
  type SecretSlot,
  spendSecrets,
  spentDigest,
} from '../../src/token/index.ts';
import type { FrozenPermissions } from '../../src/token-permissions.ts';
import { nodeCrypto, peppers, seededCrypto, strangeKeys, tagKeys } from '../node-crypto.ts';

const [pepper, oldPepper] = peppers;
const frozen: FrozenPermissions = {
  type: 'frozen',
  dialect: 'featbit',
  source: { type: 'statements' },
  policies: [{ name: 'Toggle', statements: [{ effect: 'allow', actions: ['ToggleFlag'], resources: ['project/*'] }] }],
  attributes: {},
};
const textOf = (seed: string) =>
  mintToken(seededCrypto(seed), {
    prefix: 'lk',
    kind: 'service',
    routingKey: 'aB3',
    tokenId: 'aB30000000000000',
    tagKeys,
  }).text;
const input: DigestInput = {
  format: DIGEST_FORMAT,
  tokenId: 'aB30000000000000',
  kind: 'service',
  organizationId: 'org-1',
  ownerId: null,
  secretNumber: 1,
  frozenPermissionsDigest: frozenPermissionsDigest(nodeCrypto, frozen),
  text: textOf('first'),
};
const subject = digestSubjectOf(nodeCrypto, { ...input, permissions: frozen });
const digestHex = (change: Partial<DigestInput> = {}, key = pepper.bytes) =>
  Buffer.from(digestToken(nodeCrypto, key, { ...input, ...change })).toString('hex');
const slot = (number: number, seed: string, change: Partial<SecretSlot> = {}): SecretSlot => {
  const key = peppers.find(({ id }) => id === change.pepperId) ?? pepper;
  const digest = digestToken(nodeCrypto, key.bytes, { ...input, secretNumber: number, text: textOf(seed) });
  return { number, digest, pepperId: key.id, spent: false, ...change };
};
const spentSlot = (number: number, seed: string): SecretSlot => {
  const live = slot(number, seed);
  return { ...live, digest: spentDigest(nodeCrypto, pepper.bytes, live.digest), spent: true };
};
const prove = (seed: string, slots: readonly SecretSlot[] | null, change: Partial<ProofCandidate> = {}) =>
  proveSecret(nodeCrypto, peppers, { text: textOf(seed) }, slots === null ? null : { ...subject, slots, ...change });

describe('the stored digest', () => {
  it('is the one that another program computes', () => {
    const vectors = JSON.parse(readFileSync(new URL('./token-vectors.json', import.meta.url), 'utf8'));
    for (const vector of vectors.tokens) {
      const key = Buffer.from(vector.pepperHex, 'hex');
      const digest = digestToken(nodeCrypto, key, {
        format: DIGEST_FORMAT,
        tokenId: vector.parsed.tokenId,
        kind: vector.parsed.kind,
        organizationId: vector.organizationId,
        ownerId: vector.ownerId,
        secretNumber: vector.secretNumber,
        frozenPermissionsDigest: vector.frozen === null ? null : frozenPermissionsDigest(nodeCrypto, vector.frozen),
        text: vector.text,
      });
      expect(Buffer.from(digest).toString('hex')).toBe(vector.digestHex);
      expect(Buffer.from(spentDigest(nodeCrypto, key, digest)).toString('hex')).toBe(vector.spentHex);
    }
  });

  it('is another one for any other field or pepper (DUMP-MINTS-NOTHING)', () => {
    const changes: Partial<DigestInput>[] = [
      {},
      { tokenId: 'aB30000000000001' },
      { kind: 'personal' },
      { organizationId: 'org-2' },
      { organizationId: null },
      { organizationId: '' },
      { ownerId: 'member-1' },
      { ownerId: '' },
      { secretNumber: 2 },
      { frozenPermissionsDigest: null },
      { frozenPermissionsDigest: new Uint8Array(32) },
      { text: textOf('second') },
    ];
    const digests = [...changes.map((change) => digestHex(change)), digestHex({}, oldPepper?.bytes)];
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('never takes two lists of fields for one, wherever their borders are', () => {
    const fields = fc.record({
      tokenId: fc.constantFrom('', '1', '1:', '-:', '11:', ':'),
      organizationId: fc.constantFrom(null, '', '1', '1:1', '-:', '2:1:'),
      ownerId: fc.constantFrom(null, '', '1', ':1', '-:', '1:-'),
      text: fc.constantFrom('', '1', '-:', '1:1'),
    });
    // The message itself is compared, not its HMAC: what is shown is that the encoding has one reading.
    const message = (change: Partial<DigestInput>): string => {
      let seen = '';
      const spy = {
        hmacSha256: (_: Uint8Array, data: string | Uint8Array) => {
          seen = String(data);
          return new Uint8Array(32);
        },
      };
      digestToken(spy, pepper.bytes, { ...input, ...change });
      return seen;
    };
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        expect(message(a) === message(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { seed: 1, numRuns: 3_000 },
    );
  });

  it('is refused for fields that UTF-8 would make alike, and for a number that no secret has', () => {
    expect(() => digestHex({ organizationId: 'org\ud800' })).toThrow(RangeError);
    for (const secretNumber of [0, -1, 1.5, Number.NaN]) expect(() => digestHex({ secretNumber })).toThrow(RangeError);
  });
});

describe('the digest of frozen permissions (FROZEN-SERVICE)', () => {
  const hex = (permissions: Pick<FrozenPermissions, 'dialect' | 'policies' | 'attributes'>) =>
    Buffer.from(frozenPermissionsDigest(nodeCrypto, permissions)).toString('hex');

  it('does not depend on the order of keys, which a database does not keep', () => {
    const reordered = JSON.parse(
      '{"attributes":{},"policies":[{"statements":[{"resources":["project/*"],"effect":"allow","actions":["ToggleFlag"]}],"name":"Toggle"}],"dialect":"featbit"}',
    );
    expect(hex(reordered)).toBe(hex(frozen));
    expect(hex({ ...frozen, policies: [{ ...frozen.policies[0], id: undefined } as never] })).toBe(hex(frozen));
  });

  it('changes with whatever could widen them', () => {
    const [policy] = frozen.policies;
    if (policy === undefined) throw new Error('the sample has a policy');
    const others = [
      { ...frozen, dialect: 'launchdarkly' as const },
      { ...frozen, attributes: { project: ['*'] } },
      { ...frozen, policies: [] },
      { ...frozen, policies: [policy, policy] },
      { ...frozen, policies: [{ ...policy, statements: [] }] },
      {
        ...frozen,
        policies: [{ ...policy, statements: [{ effect: 'allow' as const, actions: ['*'], resources: ['*'] }] }],
      },
    ];
    expect(new Set([frozen, ...others].map(hex)).size).toBe(others.length + 1);
  });

  it('is not made of what JSON cannot say, nor of endless depth', () => {
    let deep: unknown = [];
    for (let level = 0; level < 10_000; level += 1) deep = [deep];
    for (const bad of [Number.NaN, () => 0, 1n, deep, [undefined]]) {
      expect(() => hex({ ...frozen, policies: [{ name: 'x', statements: bad as never }] })).toThrow(TypeError);
    }
  });
});

describe('proving a secret', () => {
  const both = [slot(1, 'first'), slot(2, 'second')];

  it('says which of two live secrets was presented', () => {
    expect(prove('first', both)).toEqual({ outcome: 'live', secretNumber: 1, redigest: null });
    expect(prove('second', both)).toEqual({ outcome: 'live', secretNumber: 2, redigest: null });
    expect(prove('third', both)).toEqual({ outcome: 'none', unknownPepperIds: [] });
    expect(prove('first', [])).toEqual({ outcome: 'none', unknownPepperIds: [] });
    expect(prove('first', null)).toEqual({ outcome: 'none', unknownPepperIds: [] });
  });

  it('fails for a row that was moved, re-owned, renumbered or widened (DUMP-MINTS-NOTHING)', () => {
    const changes: Partial<ProofCandidate>[] = [
      { tokenId: 'aB30000000000001' },
      { kind: 'personal' },
      { organizationId: 'org-2' },
      { ownerId: 'member-2' },
      { frozenPermissionsDigest: frozenPermissionsDigest(nodeCrypto, { ...frozen, attributes: { a: ['*'] } }) },
      { slots: [{ ...slot(1, 'first'), number: 2 }] },
      { slots: [{ ...slot(1, 'first'), digest: slot(1, 'second').digest }] },
      { slots: [{ ...slot(1, 'first'), pepperId: 'pepper-1' }] },
    ];
    for (const change of changes)
      expect(prove('first', both.slice(0, 1), change).outcome, JSON.stringify(change)).toBe('none');
  });

  it('recognises a spent secret and never authenticates it, whatever its row says', () => {
    const spent = spentSlot(1, 'first');
    const recognised = { outcome: 'spent', secretNumber: 1 };
    expect(prove('first', [spent, slot(2, 'second')])).toEqual(recognised);
    expect(prove('first', [{ ...spent, spent: false }])).toEqual(recognised);
    expect(prove('first', [{ ...slot(1, 'first'), spent: true }])).toEqual(recognised);
    expect(prove('second', [spent, slot(2, 'second')]).outcome).toBe('live');
    expect(prove('third', [spent]).outcome).toBe('none');
  });

  it('tries the live secrets first where a token keeps more than two', () => {
    const many = [spentSlot(1, 'a'), spentSlot(2, 'b'), slot(3, 'c'), slot(4, 'd')];
    expect(['a', 'b', 'c', 'd'].map((seed) => prove(seed, many).outcome)).toEqual(['none', 'none', 'live', 'live']);
    // A repeated rotation has cut the second while the first is still in its grace period.
    const repeated = [slot(1, 'a'), spentSlot(2, 'b'), slot(3, 'c')];
    expect(['a', 'b', 'c'].map((seed) => prove(seed, repeated).outcome)).toEqual(['live', 'none', 'live']);
    const cut = [spentSlot(1, 'a'), spentSlot(2, 'b'), spentSlot(3, 'c'), slot(4, 'd')];
    expect(['a', 'b', 'c', 'd'].map((seed) => prove(seed, cut).outcome)).toEqual(['none', 'none', 'spent', 'live']);
  });

  it('offers a digest under the current pepper after a proof under a retired one', () => {
    const retired = slot(1, 'first', { pepperId: 'pepper-1' });
    const proof = prove('first', [retired]);
    expect(proof).toEqual({
      outcome: 'live',
      secretNumber: 1,
      redigest: { secretNumber: 1, from: retired.digest, to: slot(1, 'first').digest, pepperId: 'pepper-2' },
    });
    expect(prove('second', [retired])).toEqual({ outcome: 'none', unknownPepperIds: [] });
  });

  it('refuses under a pepper that is gone, and names it for the operator', () => {
    const proof = proveSecret(nodeCrypto, strangeKeys, { text: textOf('first') }, { ...subject, slots: both });
    expect(proof).toEqual({ outcome: 'none', unknownPepperIds: ['pepper-2', 'pepper-2'] });
    // Not even a digest that the current pepper made: the row says that another one did.
    const claimed = slot(1, 'first', { pepperId: 'gone' });
    expect(prove('first', [claimed])).toEqual({ outcome: 'none', unknownPepperIds: ['gone'] });
    const spent = { ...spentSlot(1, 'first'), pepperId: 'gone' };
    expect(prove('first', [spent])).toEqual({ outcome: 'none', unknownPepperIds: ['gone'] });
  });

  it('does the same work for every refusal, an unknown id included (PROOF-FIRST)', () => {
    const candidates: (readonly SecretSlot[] | null)[] = [
      null,
      [],
      [slot(1, 'first')],
      both,
      [spentSlot(1, 'first'), slot(2, 'second')],
      [spentSlot(1, 'first'), spentSlot(2, 'second'), slot(3, 'third')],
      [slot(1, 'first', { pepperId: 'gone' })],
    ];
    const work = candidates.map((slots) => {
      const calls: string[] = [];
      const counting: Pick<Crypto, 'hmacSha256' | 'equal'> = {
        hmacSha256: (key, data) => {
          calls.push('hmac');
          return nodeCrypto.hmacSha256(key, data);
        },
        equal: (a, b) => {
          calls.push(`equal ${a.length} ${b.length}`);
          return nodeCrypto.equal(a, b);
        },
      };
      proveSecret(counting, peppers, { text: textOf('wrong') }, slots === null ? null : { ...subject, slots });
      return calls.join();
    });
    expect(new Set(work).size).toBe(1);
    expect(work[0]?.match(/hmac/g)).toHaveLength(4);
  });

  it('a look-alike digest of nothing opens no empty slot', () => {
    const zeros: Pick<Crypto, 'hmacSha256' | 'equal'> = { ...nodeCrypto, hmacSha256: () => new Uint8Array(32) };
    expect(proveSecret(zeros, peppers, { text: textOf('first') }, null).outcome).toBe('none');
    expect(proveSecret(zeros, peppers, { text: textOf('first') }, { ...subject, slots: [] }).outcome).toBe('none');
  });
});

describe('spending secrets', () => {
  it('leaves an image that recognises the text, and does nothing the second time (ONE-EFFECT)', () => {
    const live = slot(1, 'first', { pepperId: 'pepper-1' });
    const [spent] = spendSecrets(nodeCrypto, peppers, [live]);
    if (spent === undefined) throw new Error('one secret was to be spent');
    const stored = { ...live, digest: spent.digest, spent: true };
    expect(prove('first', [stored])).toEqual({ outcome: 'spent', secretNumber: 1 });
    expect(spendSecrets(nodeCrypto, peppers, [stored])).toEqual([]);
  });

  it('works under a pepper that is gone: what cannot be recognised can still be killed', () => {
    const orphan = slot(1, 'first', { pepperId: 'gone' });
    const [spent] = spendSecrets(nodeCrypto, peppers, [orphan]);
    expect(spent?.digest).not.toEqual(orphan.digest);
    expect(spent?.digest).toHaveLength(32);
  });
});
