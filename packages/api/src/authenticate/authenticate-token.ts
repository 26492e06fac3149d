import { type RejectionReason, verdictOf } from '@latchkey/core/lifecycle';
import { checkTag, digestSubjectOf, frozenPermissionsDigest, parseToken, proveSecret } from '@latchkey/core/token';
import type { ApiDeps } from '../deps.ts';
import { tokenLayers } from '../permissions/effective-layers.ts';
import type { Authentication, PresentedCredential } from './authentication.ts';

/**
 * Judges a presented personal or service token, here and now, and gives what it may do at this moment.
 *
 * No I/O for what was never minted: parsing and the tag refuse it. For the others one look-up; the owner of a personal
 * token is asked of the host only once the secret is proved and the gate found open.
 * `within`: the organizations whose tokens count; `null` for all of them.
 * @throws StoreUnavailable, HostUnavailable: nothing is accepted, and it is no 401 either (FAIL-CLOSED).
 */
export const authenticateToken = async (
  deps: Pick<ApiDeps, 'store' | 'host' | 'crypto' | 'keys' | 'logger' | 'settings' | 'uses'>,
  presented: PresentedCredential,
  within: readonly string[] | null = null,
): Promise<Authentication> => {
  const { crypto, keys } = deps;
  const parsed = parseToken(presented.text, { prefixes: deps.settings.prefixes });
  // A credential of the installation is no organization's token, however good it is.
  if (!parsed.ok || parsed.kind === 'system' || !checkTag(crypto, keys.tagKeys, parsed).ok) return UNAUTHORIZED;

  const row = await deps.store.tokens.lookUp(parsed.tokenId);
  // TENANT-WALL: to whoever asks for some organizations only, the others' tokens are unknown, whatever their state.
  const found = row !== null && (within === null || within.includes(row.token.organizationId)) ? row : null;
  // PROOF-FIRST: an unknown service token takes as many digests as a known one.
  if (found === null && parsed.kind === 'service') frozenPermissionsDigest(crypto, NO_PERMISSIONS);
  const proof = proveSecret(
    crypto,
    keys.peppers,
    parsed,
    found && { ...digestSubjectOf(crypto, found.token), slots: found.secrets },
  );
  const verdict = verdictOf({
    found,
    proof,
    now: found?.now ?? 0,
    address: presented.address ?? undefined,
  });
  if (!verdict.accepted) return refusalFor(verdict.reason);
  if (found === null) return UNAUTHORIZED;

  const { token } = found;
  const owner = token.ownerId === null ? null : await deps.host.findMember(token.organizationId, token.ownerId);
  // The gate may not have heard yet what the host knows: its word counts at once (NO-ESCALATION).
  if (token.kind === 'personal' && owner?.status !== 'active') return OWNER_REMOVED;

  const layers = await tokenLayers(deps, token, owner);
  const secret = found.secrets.find((each) => each.number === verdict.secretNumber);
  if (secret?.firstUsedAt === null) {
    // Before it is accepted, once in its life: a lost rotation may replace a secret only while nobody has used it.
    await deps.store.tokens.recordFirstUse(token.organizationId, token.tokenId, secret.number, found.now);
  } else {
    const { organizationId, tokenId } = token;
    deps.uses.note({ organizationId, tokenId, secretNumber: verdict.secretNumber, at: found.now });
  }
  return {
    accepted: true,
    principal: {
      type: 'token',
      organizationId: token.organizationId,
      token,
      secretNumber: verdict.secretNumber,
      superseded: verdict.superseded,
      owner,
      layers,
    },
  };
};

const UNAUTHORIZED = { accepted: false, status: 401 } as const;
const OWNER_REMOVED = { accepted: false, status: 403, reason: 'owner_removed' } as const;

const NO_PERMISSIONS = {
  dialect: 'featbit',
  policies: [{ name: 'nothing', statements: [{ effect: 'deny', actions: ['*'], resources: ['*'] }] }],
  attributes: {},
} as const;

/** Only what the closed list lets out is told; any other reason, a new one included, says nothing (PROOF-FIRST). */
const refusalFor = (reason: RejectionReason): Authentication =>
  reason === 'owner_removed' || reason === 'inactive' || reason === 'address'
    ? { accepted: false, status: 403, reason }
    : UNAUTHORIZED;
