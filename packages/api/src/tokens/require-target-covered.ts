import type { TokenRecord } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import type { ApiDeps } from '../deps.ts';
import { ownLayer } from '../permissions/own-layer.ts';
import { requireCovered } from '../permissions/require-covered.ts';
import { memberOf } from './member-of.ts';

/**
 * NO-ESCALATION: a secret, or more life, goes only to who covers what the token may do now. A personal token that gets
 * here is the caller's own, so its owner's layer is the caller's.
 */
export const requireTargetCovered = async (
  deps: ApiDeps,
  { tx, organizationId, catalogue, principal }: Acting,
  token: TokenRecord,
): Promise<void> => {
  const owner = token.kind === 'personal' ? memberOf(principal) : null;
  const own = await ownLayer(deps, { organizationId, catalogue, owner, tx }, token.permissions);
  const owners = token.kind === 'personal' ? principal.layers.filter(({ layer }) => layer === 'owner') : [];
  requireCovered(principal.layers, [own, ...owners]);
};
