import type { Output, ParsedInput, VerdictView } from '@latchkey/contract';
import type { LookedUpToken } from '@latchkey/store';
import type { VerifierCaller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { TokenPrincipal } from '../principal.ts';
import { authenticateFor } from './authenticate-for.ts';

/** Whether a presented token is good, here and now. */
export const verifyToken = async (
  deps: ApiDeps,
  by: VerifierCaller,
  input: ParsedInput<'verify', 'verify'>,
): Promise<Output<'verify', 'verify'>> => {
  const found = await authenticateFor(deps, by, input);
  return found.accepted ? acceptedView(found.principal) : found;
};

export const acceptedView = ({ token }: TokenPrincipal): VerdictView => ({
  accepted: true,
  token: verifiedToken(token),
});

/** What a verified request yields; never the secret. */
export const verifiedToken = (token: LookedUpToken): VerifiedToken => ({
  tokenId: token.tokenId,
  kind: token.kind,
  name: token.name,
  organizationId: token.organizationId,
  project: token.project,
  ownerId: token.ownerId,
});

type VerifiedToken = Extract<VerdictView, { readonly accepted: true }>['token'];
