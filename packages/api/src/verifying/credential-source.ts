import { credentialVerdictOf } from '@latchkey/core/lifecycle';
import { checkTag, parseToken, proveSecret } from '@latchkey/core/token';
import type { Finding, LookUpAnswer, Trust, VerifierSource } from '@latchkey/core/verifier';
import type { SystemCredentialRecord } from '@latchkey/store';
import { credentialSubject } from '../authenticate/credential-subject.ts';
import type { ApiDeps } from '../deps.ts';

export interface CredentialSourceOptions extends Pick<ApiDeps, 'store' | 'crypto' | 'keys' | 'settings'> {
  readonly trust: Trust;
  /** How old a finding may become. */
  readonly maxAgeMs: number;
}

/**
 * Looks credentials of the installation up in the store, here and now. No I/O for what was never minted. They belong to no
 * organization: what stops them is a change of their own, or of the whole installation.
 * @throws StoreUnavailable: nothing is accepted, and it is no 401 either (FAIL-CLOSED).
 */
export const createCredentialSource = (options: CredentialSourceOptions): VerifierSource<SystemCredentialRecord> => {
  const { store, crypto, keys, trust, maxAgeMs } = options;
  const parse = (text: string) => {
    const parsed = parseToken(text, { prefixes: options.settings.prefixes });
    return parsed.ok && parsed.kind === 'system' ? parsed : null;
  };
  const isMinted = (text: string): boolean => {
    const parsed = parse(text);
    return parsed !== null && checkTag(crypto, keys.tagKeys, parsed).ok;
  };

  return {
    mayBeToken: isMinted,
    lookUp: async (text) => {
      // Taken before the statement is sent: what it reads is at least as new.
      const snapshot = trust.coherence()?.snapshot ?? '';
      const parsed = parse(text);
      const found = parsed === null ? null : await store.credentials.lookUp(parsed.tokenId);
      const answer = (finding: Finding<SystemCredentialRecord>): LookUpAnswer<SystemCredentialRecord> => ({
        finding,
        coherence: { incarnation: found?.coherence.incarnation ?? '', snapshot },
      });
      if (parsed === null) return answer(UNKNOWN);
      const slots = found && { ...credentialSubject(found.credential.credentialId), slots: found.secrets };
      const proof = proveSecret(crypto, keys.peppers, parsed, slots);
      if (found === null) return answer(UNKNOWN);
      const { credential, secrets, now } = found;
      const revoked = credential.revokedAt !== null || credential.recalled;
      const verdict = credentialVerdictOf({ found: { revoked, secrets }, proof, now });
      // PROOF-FIRST: nothing of a credential is remembered by a text that isn't its own.
      if (proof.outcome === 'none') return answer(UNKNOWN);
      const about = {
        organizationId: NO_ORGANIZATION,
        tokenId: credential.credentialId,
        ownerId: null,
        dependsOnPermissions: false,
        maxAgeMs,
        bytes: BYTES,
      };
      if (!verdict.accepted) return answer({ outcome: 'refused', status: 401, about });
      const { secretNumber, superseded, until } = verdict;
      return answer({
        outcome: 'accepted',
        ...{ about, secretNumber, superseded, until, keep: true },
        addressRanges: [],
        subject: credential,
      });
    },
  };
};

const NO_ORGANIZATION = '';

/** The record and the organizations that it names, which are few. */
const BYTES = 2_000;

const UNKNOWN = Object.freeze({ outcome: 'unknown' } as const);
