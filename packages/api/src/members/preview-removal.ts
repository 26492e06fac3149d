import type { Output, ParsedInput } from '@latchkey/contract';
import type { Instant } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import type { TokenInUse, TokensInUse } from '@latchkey/store';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { maySee } from '../tokens/sight.ts';
import { iso, statusOf } from '../tokens/token-view.ts';

type PreviewOutput = Output<'members', 'previewRemoval'>;

/** Of each list (BOUNDED-WORK). */
const SHOWN = 100;

/**
 * Which tokens end with a member and which go on, with who uses them: a removal surprises nobody. It asks the host, so it
 * answers wherever members are managed. Tokens that the caller may not see are counted only (NO-SELF-HELP).
 */
export const previewRemoval = async (
  deps: Pick<ApiDeps, 'store' | 'host'>,
  { principal }: Caller,
  { memberId }: ParsedInput<'members', 'previewRemoval'>,
): Promise<PreviewOutput> => {
  const { organizationId } = principal;
  if ((await deps.host.findMember(organizationId, memberId)) === null) throw new LatchkeyError('NOT_FOUND');
  const catalogue = await deps.host.catalogue(organizationId);
  const now = await deps.store.now();
  const { ending, goingOn } = await deps.store.tokens.listForRemoval(organizationId, memberId, SHOWN, now);
  const view = ({ tokens, total }: TokensInUse) => ({
    items: tokens.filter((token) => maySee(principal, catalogue, token)).map((token) => toView(token, now)),
    total,
  });
  return { ending: view(ending), goingOn: view(goingOn) };
};

const toView = (token: TokenInUse, now: Instant): PreviewOutput['ending']['items'][number] => ({
  tokenId: token.tokenId,
  name: token.name,
  status: statusOf(token, now),
  expiresAt: token.expiresAt === null ? null : iso(token.expiresAt),
  lastUsedAt: token.lastUsedAt === null ? null : iso(token.lastUsedAt),
  lastUsedAddress: token.lastUsedAddress,
  lastUsedClient: token.lastUsedClient,
});
