import type { VerdictView } from '@latchkey/contract';
import { authenticateToken } from '../authenticate/authenticate-token.ts';
import type { VerifierCaller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { TokenPrincipal } from '../principal.ts';

interface Presented {
  readonly presentedToken: string;
  readonly address?: string | undefined;
  readonly client?: string | undefined;
}

type Refused = Extract<VerdictView, { readonly accepted: false }>;

/** What became of a token that a sibling service was presented with. */
export const authenticateFor = async (
  deps: ApiDeps,
  { principal: { credential } }: VerifierCaller,
  { presentedToken, address, client }: Presented,
): Promise<{ readonly accepted: true; readonly principal: TokenPrincipal } | Refused> => {
  const found = await authenticateToken(deps, {
    text: presentedToken,
    address: address ?? null,
    client: client ?? null,
  });
  if (!found.accepted || credential.organizationIds === null) return found;
  // TENANT-WALL: a verifier of some organizations learns of the others' tokens what it learns of made-up ones.
  return credential.organizationIds.includes(found.principal.organizationId) ? found : { accepted: false, status: 401 };
};
