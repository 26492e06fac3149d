import { LatchkeyError } from '@latchkey/core/errors';
import { liveSecrets } from '@latchkey/core/lifecycle';
import { checkTag, digestSubjectOf, parseToken, proveSecret } from '@latchkey/core/token';
import type { CallOrigin } from '../../context.ts';
import type { ApiDeps } from '../../deps.ts';
import { revokeToken } from '../../tokens/revoke.ts';
import { authenticateClient, type ClientCredential, refuseClient } from './client-credential.ts';
import { type OAuthAnswer, oauthError } from './oauth-answer.ts';
import { revokeAsHolder } from './revoke-as-holder.ts';

/**
 * RFC 7009: ends the token in the form, for good. A caller that authenticates has to be one who manages that token; a
 * caller that doesn't, or that authenticates with the token itself, ends it as its holder: whoever has a secret can
 * always take it out of the world, from anywhere and in whatever state the token is.
 *
 * 200 once no verification accepts it any more (DEAD-ON-RETURN), also where somebody else revoked it a moment ago; and 200
 * for what is no token, which says nothing of any token (section 2.2, PROOF-FIRST).
 * @throws StoreUnavailable, HostUnavailable
 */
export const revokePresented = async (
  deps: ApiDeps,
  endings: Endings,
  credential: Exclude<ClientCredential, { readonly type: 'refused' }>,
  presented: string,
  call: CallOrigin,
): Promise<OAuthAnswer> => {
  if (credential.type === 'none' || credential.text === presented) {
    const known = await recognise(deps, presented);
    if (known !== null) await endAsHolder(deps, endings, known, call);
    return DONE;
  }
  const caller = await authenticateClient(deps, credential, call);
  if (caller === null) return refuseClient(credential);
  // A verifier credential looks at tokens and manages none.
  if (caller.type === 'credential') return oauthError(403, 'unauthorized_client');
  const known = await recognise(deps, presented);
  // TENANT-WALL: another organization's token is none, however well its text is known.
  if (known === null || known.organizationId !== caller.organizationId) return DONE;
  // What rotation has ended is no reason to end what came after it.
  if (known.ended) {
    await endAsHolder(deps, endings, known, call);
    return DONE;
  }
  try {
    await revokeToken(deps, { principal: caller, call }, { tokenId: known.tokenId, wait: true });
    return DONE;
  } catch (error) {
    if (!(error instanceof LatchkeyError)) throw error;
    if (error.code === 'NOT_FOUND') return DONE;
    if (error.code === 'UNAUTHORIZED') return refuseClient(credential);
    if (error.code === 'NOT_ALLOWED' || error.code === 'OWNER_ONLY') return oauthError(403, 'unauthorized_client');
    throw error;
  }
};

const DONE: OAuthAnswer = { status: 200 };

/** Answers to what had ended before, under way: the token's id and the secret's number -> the wait. */
export type Endings = Map<string, Promise<void>>;

/**
 * BOUNDED-WORK: whoever has only what is left of a token can ask for ever, so of one secret one wait at a time goes to the
 * database. The others join it: it saw the end before it began to wait, so where it has settled the end has, too.
 */
const endAsHolder = (deps: ApiDeps, endings: Endings, known: Recognised, call: CallOrigin): Promise<void> => {
  if (!known.ended) return revokeAsHolder(deps, known, call);
  const key = `${known.tokenId} ${known.secretNumber}`;
  const waiting = endings.get(key) ?? revokeAsHolder(deps, known, call).finally(() => endings.delete(key));
  endings.set(key, waiting);
  return waiting;
};

/** Whose secret a presented text is, or was. */
export interface Recognised {
  readonly organizationId: string;
  readonly tokenId: string;
  readonly secretNumber: number;
  /** It had ended before this call: its token was revoked, or rotation has taken this secret out of use. */
  readonly ended: boolean;
}

/** `null` for what was never a token's text; what was never minted doesn't reach the store. */
const recognise = async (
  { store, crypto, keys, settings }: Pick<ApiDeps, 'store' | 'crypto' | 'keys' | 'settings'>,
  text: string,
): Promise<Recognised | null> => {
  const parsed = parseToken(text, { prefixes: settings.prefixes });
  if (!parsed.ok || parsed.kind === 'system' || !checkTag(crypto, keys.tagKeys, parsed).ok) return null;
  const found = await store.tokens.lookUp(parsed.tokenId);
  const candidate = found && { ...digestSubjectOf(crypto, found.token), slots: found.secrets };
  const proof = proveSecret(crypto, keys.peppers, parsed, candidate);
  if (found === null || proof.outcome === 'none') return null;
  const { organizationId, tokenId, state } = found.token;
  const live = liveSecrets(found.secrets, found.now).some(({ number }) => number === proof.secretNumber);
  return { organizationId, tokenId, secretNumber: proof.secretNumber, ended: !live || state === 'revoked' };
};
