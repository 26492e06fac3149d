import type { VerdictView } from '@latchkey/contract';
import { authenticateToken } from '../authenticate/authenticate-token.ts';
import type { VerifierCaller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { TokenPrincipal } from '../principal.ts';

interface Presented {
  readonly presentedToken: string;
  readonly organizationId?: string | undefined;
  readonly address?: string | undefined;
  readonly client?: string | undefined;
}

type Refused = Extract<VerdictView, { readonly accepted: false }>;

/** What became of a token that a sibling service was presented with. */
export const authenticateFor = (
  deps: ApiDeps,
  { principal: { credential } }: VerifierCaller,
  { presentedToken, organizationId, address, client }: Presented,
): Promise<{ readonly accepted: true; readonly principal: TokenPrincipal } | Refused> =>
  authenticateToken(
    deps,
    { text: presentedToken, address: address ?? null, client: client ?? null },
    organizationsOf(credential.organizationIds, organizationId),
  );

/** TENANT-WALL: those that the credential was made for, and of them the one that was asked for. */
const organizationsOf = (limitedTo: readonly string[] | null, asked: string | undefined): readonly string[] | null => {
  if (asked === undefined) return limitedTo;
  return limitedTo === null || limitedTo.includes(asked) ? [asked] : [];
};
