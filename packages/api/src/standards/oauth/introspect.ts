import type { CallOrigin } from '../../context.ts';
import type { ApiDeps } from '../../deps.ts';
import type { CredentialPrincipal, TokenPrincipal } from '../../principal.ts';
import { authenticateFor } from '../../verify/authenticate-for.ts';

/** RFC 7662, section 2.2, and Latchkey's own names behind `kind`. ALLOW-LISTED-OUTPUT: these and no others. */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly token_type: 'Bearer';
      /** This installation. */
      readonly iss: string;
      /** The owner of a personal token; a service token speaks for itself. */
      readonly sub: string;
      /** The token id. */
      readonly jti: string;
      /** Seconds since 1970; missing for a token that does not expire. */
      readonly exp?: number;
      readonly iat: number;
      readonly kind: 'personal' | 'service';
      readonly name: string;
      readonly organization: string;
      readonly project: string | null;
      readonly owner: string | null;
    };

/**
 * What a presented token is, to a resource server that speaks OAuth. Every refusal is `{"active":false}`, whatever its
 * reason (RFC 7662, section 2.2).
 *
 * There is no `scope`: what a token may do is decided on a resource, by live permissions. A list of words would say more
 * than the token may do as soon as its owner is demoted (NO-ESCALATION); `verify.decide` and `/forward-auth` decide.
 */
export const introspect = async (
  deps: ApiDeps,
  by: { readonly principal: CredentialPrincipal; readonly call: CallOrigin },
  fields: ReadonlyMap<string, string>,
): Promise<Introspection> => {
  const presentedToken = fields.get('token') ?? '';
  const verdict = await authenticateFor(deps, by, {
    presentedToken,
    // Section 2.1 leaves room for the caller's context: a token with address ranges is refused without it.
    organizationId: fields.get('organization'),
    address: fields.get('address'),
    client: fields.get('client')?.slice(0, MAX_CLIENT_LENGTH),
  });
  if (!verdict.accepted) return { active: false };
  const { token } = verdict.principal;
  const endsAt = await endOf(deps, verdict.principal);
  return {
    active: true,
    token_type: 'Bearer',
    iss: deps.settings.publicUrl,
    sub: token.ownerId ?? token.tokenId,
    jti: token.tokenId,
    ...(endsAt === null ? {} : { exp: Math.floor(endsAt / 1_000) }),
    iat: Math.floor(token.createdAt / 1_000),
    kind: token.kind,
    name: token.name,
    organization: token.organizationId,
    project: token.project,
    owner: token.ownerId,
  };
};

const MAX_CLIENT_LENGTH = 256;

/** The token's expiry, or the end of the presented secret's grace period where that comes first. */
const endOf = async (deps: Pick<ApiDeps, 'store'>, principal: TokenPrincipal): Promise<number | null> => {
  const { token, superseded, secretNumber } = principal;
  if (!superseded) return token.expiresAt;
  const found = await deps.store.tokens.find(token.organizationId, token.tokenId);
  const grace = found?.secrets.find(({ number }) => number === secretNumber)?.acceptedUntil ?? token.createdAt;
  return Math.min(grace, token.expiresAt ?? grace);
};
