import { LatchkeyError } from '@latchkey/core/errors';
import { compilePermissions, covers } from '@latchkey/core/policy';
import type { Acting } from '../acting/act.ts';
import type { ApiDeps } from '../deps.ts';
import { ownPolicies } from './own-layer.ts';

/**
 * Does a write to the directory, and lets it stand only where the token that makes it has no wider permissions of its own
 * afterwards (NO-SELF-HELP): by a policy that it names, or by role attributes of its owner. Throwing rolls the write back.
 */
export const guardOwnLayer = async <T>(
  deps: Pick<ApiDeps, 'host' | 'logger'>,
  acting: Acting,
  write: () => Promise<T>,
): Promise<T> => {
  const before = await readOwn(deps, acting);
  const result = await write();
  const after = await readOwn(deps, acting);
  if (before === null || after === null || JSON.stringify(before) === JSON.stringify(after)) return result;
  const found = covers(compilePermissions(before.policies, before), compilePermissions(after.policies, after));
  if (found.covered === true) return result;
  throw new LatchkeyError(
    'GRANT_NOT_COVERED',
    found.covered === false ? { counterexample: { ...found.counterexample } } : { reason: found.reason },
  );
};

/** What the acting token allows by itself now; `null` where no token acts. */
const readOwn = async (
  deps: Pick<ApiDeps, 'host' | 'logger'>,
  { tx, organizationId, catalogue, principal }: Acting,
) => {
  if (principal.type !== 'token') return null;
  const { ownerId, permissions } = principal.token;
  const owner = ownerId === null ? null : await deps.host.findMember(organizationId, ownerId, tx);
  return ownPolicies(deps, { organizationId, catalogue, owner, tx }, permissions);
};
