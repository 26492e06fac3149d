import type { FrozenPermissions, HostMember } from '@latchkey/core';
import { type RejectionReason, verdictOf } from '@latchkey/core/lifecycle';
import { checkTag, digestSubjectOf, frozenPermissionsDigest, parseToken, proveSecret } from '@latchkey/core/token';
import type { Finding, LookUpAnswer, Origin, Trust, VerifierSource } from '@latchkey/core/verifier';
import type { LookedUpToken, TokenLookup } from '@latchkey/store';
import { fit } from '../authenticate/record-uses.ts';
import type { ApiDeps } from '../deps.ts';
import { createLateUseNotes } from '../tokens/note-late-use.ts';
import type { HostFacts } from './host-facts.ts';
import type { SharedLayer } from './shared-layers.ts';
import { createSubjects } from './token-subject.ts';

/** What an accepted token brings with it. */
export interface TokenSubject {
  readonly token: LookedUpToken;
  readonly owner: HostMember | null;
  /** The token's own permissions first, then the owner's: all of them must allow (NO-ESCALATION). */
  readonly layers: readonly SharedLayer[];
}

export interface TokenSourceOptions extends Pick<ApiDeps, 'store' | 'crypto' | 'keys' | 'logger' | 'settings'> {
  readonly trust: Trust;
  readonly facts: HostFacts;
  /** How old a finding may become. */
  readonly maxAgeMs: number;
}

/**
 * Looks tokens up in the store, here and now. No I/O for what was never minted: form and tag refuse it. For the others one
 * statement; the owner of a personal token is asked of the host only once the secret is proved and the gate found open.
 * @throws StoreUnavailable, HostUnavailable: nothing is accepted, and it is no 401 either (FAIL-CLOSED).
 */
export const createTokenSource = (options: TokenSourceOptions): VerifierSource<TokenSubject> => {
  const { store, crypto, keys, trust, maxAgeMs } = options;
  const subjectOf = createSubjects(options);
  const digestOf = rememberDigests(crypto);
  const noteLateUse = createLateUseNotes({ ...options, monotonic: trust.now });
  const parse = (text: string) => {
    const parsed = parseToken(text, { prefixes: options.settings.prefixes });
    // A credential of the installation is no organization's token, however good it is.
    return parsed.ok && parsed.kind !== 'system' ? parsed : null;
  };
  const isMinted = (text: string): boolean => {
    const parsed = parse(text);
    return parsed !== null && checkTag(crypto, keys.tagKeys, parsed).ok;
  };

  return {
    mayBeToken: isMinted,
    lookUp: async (text, origin) => {
      // Taken before the statement is sent: what it reads is at least as new.
      const snapshot = trust.coherence()?.snapshot ?? '';
      const since = trust.now();
      const parsed = parse(text);
      const found = parsed === null ? null : await store.tokens.lookUp(parsed.tokenId);
      const answer = (finding: Finding<TokenSubject>): LookUpAnswer<TokenSubject> => ({
        finding,
        coherence: { incarnation: found?.coherence.incarnation ?? '', snapshot },
      });
      if (parsed === null) return answer(UNKNOWN);
      // PROOF-FIRST: an unknown service token takes as many digests as a known one.
      if (found === null && parsed.kind === 'service') digestOf(NO_PERMISSIONS);
      const slots = found && { ...digestSubjectOf(crypto, found.token, digestOf), slots: found.secrets };
      const proof = proveSecret(crypto, keys.peppers, parsed, slots);
      const judged = judge(found, proof, origin);
      // TENANT-WALL: before anything that takes time is asked about it.
      if (found === null || !judged.known || !isWithin(origin, found)) return answer(UNKNOWN);

      const { token } = found;
      const about = {
        organizationId: token.organizationId,
        tokenId: token.tokenId,
        ownerId: token.ownerId,
        dependsOnPermissions: token.kind === 'personal',
        maxAgeMs,
        bytes: bytesOf(token),
      };
      if (!judged.accepted) {
        if (judged.reason === 'superseded' && proof.outcome !== 'none') {
          const { secretNumber } = proof;
          const from = fit({ address: origin.address ?? null, client: origin.client ?? null });
          noteLateUse({ organizationId: token.organizationId, tokenId: token.tokenId, secretNumber, ...from });
        }
        const { status, reason } = refusalFor(judged.reason);
        return answer({ outcome: 'refused', status, reason, about });
      }
      const { subject, knownSince } = await subjectOf(token, since);
      // The gate may not have heard yet what the host knows: its word counts at once (NO-ESCALATION).
      if (subject === null) return answer({ outcome: 'refused', status: 403, reason: 'owner_removed', about });
      const { secretNumber, superseded, until } = judged;
      const secret = found.secrets.find((each) => each.number === secretNumber);
      const isFirst = secret?.firstUsedAt === null;
      if (isFirst && judged.welcome) {
        // Before it is accepted, once in its life: a lost rotation may replace a secret only while nobody has used it.
        const from = fit({ address: origin.address ?? null, client: origin.client ?? null });
        const { organizationId, tokenId } = token;
        if (!(await store.tokens.recordFirstUse(organizationId, tokenId, secretNumber, found.now, from))) {
          // ONE-ROTATION: somebody else has used it a moment ago, or it was replaced because nobody had. Read anew, that shows.
          const again = judge(await store.tokens.lookUp(tokenId), proof, origin);
          if (!again.known) return answer(UNKNOWN);
          if (!again.accepted) return answer({ outcome: 'refused', ...refusalFor(again.reason), about });
        }
      }
      return answer({
        outcome: 'accepted',
        about: { ...about, maxAgeMs: maxAgeMs - (since - knownSince), shared: subject.layers },
        secretNumber,
        superseded,
        until,
        addressRanges: token.addressRanges,
        subject,
        layers: subject.layers,
        keep: !isFirst || judged.welcome,
      });
    },
  };
};

type Judged =
  | { readonly known: false }
  | { readonly known: true; readonly accepted: false; readonly reason: RejectionReason }
  | {
      readonly known: true;
      readonly accepted: true;
      readonly secretNumber: number;
      readonly superseded: boolean;
      readonly until: number | null;
      /** Whether this origin will be accepted too: where from is judged at each use. */
      readonly welcome: boolean;
    };

const judge = (found: TokenLookup | null, proof: Parameters<typeof verdictOf>[0]['proof'], origin: Origin): Judged => {
  const now = found?.now ?? 0;
  const verdict = verdictOf({ found, proof, now, address: origin.address ?? undefined });
  if (verdict.accepted) return { known: true, ...verdict, welcome: true };
  if (verdict.reason !== 'address') {
    // PROOF-FIRST: nothing of a token is remembered by a text that isn't its own.
    const unproved =
      verdict.reason === 'unknown' || verdict.reason === 'wrong_secret' || verdict.reason === 'malformed';
    return unproved ? { known: false } : { known: true, accepted: false, reason: verdict.reason };
  }
  // All but the address is well: another address may be.
  const elsewhere = found && verdictOf({ found: withoutRanges(found), proof, now });
  if (elsewhere?.accepted !== true) return { known: false };
  return { known: true, ...elsewhere, welcome: false };
};

const isWithin = ({ organizationIds }: Origin, found: TokenLookup): boolean =>
  organizationIds == null || organizationIds.includes(found.token.organizationId);

const withoutRanges = (found: TokenLookup): TokenLookup => ({ ...found, token: { ...found.token, addressRanges: [] } });

/** Only what the closed list lets out is told; any other reason, a new one included, says nothing (PROOF-FIRST). */
const refusalFor = (
  reason: RejectionReason,
): { readonly status: 401 | 403; readonly reason?: 'owner_removed' | 'inactive' } =>
  reason === 'owner_removed' || reason === 'inactive' ? { status: 403, reason } : { status: 401 };

const UNKNOWN = Object.freeze({ outcome: 'unknown' } as const);

/**
 * Of equal permissions the store gives one object, which nobody can change; what it digests to is remembered with it. That
 * of an unknown token as well (PROOF-FIRST).
 */
const rememberDigests = (crypto: ApiDeps['crypto']) => {
  const digests = new WeakMap<FrozenPermissions, Uint8Array>();
  return (permissions: FrozenPermissions): Uint8Array => {
    const known = digests.get(permissions);
    if (known !== undefined) return known;
    const digest = frozenPermissionsDigest(crypto, permissions);
    digests.set(permissions, digest);
    return digest;
  };
};

const NO_PERMISSIONS: FrozenPermissions = {
  type: 'frozen',
  dialect: 'featbit',
  source: { type: 'statements' },
  policies: [{ name: 'nothing', statements: [{ effect: 'deny', actions: ['*'], resources: ['*'] }] }],
  attributes: {},
};

/** Roughly: the record's texts, and what stands around them. */
const bytesOf = ({ permissions }: LookedUpToken): number => {
  const known = bytesOfPermissions.get(permissions);
  if (known !== undefined) return known;
  const bytes = 1_000 + 2 * JSON.stringify(permissions).length;
  bytesOfPermissions.set(permissions, bytes);
  return bytes;
};

const bytesOfPermissions = new WeakMap<LookedUpToken['permissions'], number>();
