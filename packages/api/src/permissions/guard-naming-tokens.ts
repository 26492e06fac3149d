import { LatchkeyError } from '@latchkey/core/errors';
import { covers, intersect, type PermissionLayer } from '@latchkey/core/policy';
import type { Acting } from '../acting/act.ts';
import type { ApiDeps } from '../deps.ts';
import { layersOf } from './effective-layers.ts';
import { coverage } from './require-covered.ts';

/**
 * Does a write to a policy's text, and lets it stand only where the actor's live permissions cover what each personal
 * token that names the policy may do then, or where it only took away (NO-ESCALATION): whoever holds such a token is
 * given what the text gives, up to its owner's permissions. Throwing rolls the write back.
 */
export const guardNamingTokens = async <T>(
  deps: Pick<ApiDeps, 'host' | 'logger' | 'store'>,
  acting: Acting,
  policyId: string,
  write: () => Promise<T>,
): Promise<T> => {
  const { tx, organizationId, principal } = acting;
  const naming = await deps.store.tokens.listNaming(organizationId, policyId, tx);
  const read = () => Promise.all(naming.map((each) => readLayers(deps, acting, each)));
  const before = await read();
  const result = await write();
  const after = await read();
  for (const [index, layers] of after.entries()) {
    if (together(before[index] ?? [], layers)) continue;
    const found = coverage(principal.layers, layers);
    if (found.covered === true) continue;
    throw new LatchkeyError(
      'GRANT_NOT_COVERED',
      found.covered === false ? { counterexample: { ...found.counterexample } } : { reason: found.reason },
    );
  }
  return result;
};

type Naming = Awaited<ReturnType<ApiDeps['store']['tokens']['listNaming']>>[number];

const readLayers = async (
  deps: Pick<ApiDeps, 'host' | 'logger'>,
  { tx, organizationId, catalogue }: Acting,
  { ownerId, permissions }: Naming,
): Promise<readonly PermissionLayer[]> => {
  const owner = await deps.host.findMember(organizationId, ownerId, tx);
  return layersOf(deps, { catalogue, tx }, { organizationId, kind: 'personal', permissions }, owner);
};

/** Whether all that these layers allow together was allowed before. */
const together = (before: readonly PermissionLayer[], after: readonly PermissionLayer[]): boolean => {
  const [outer, inner] = [before, after].map((layers) => layers.map(({ permissions }) => permissions));
  const [first, ...others] = outer ?? [];
  const [firstAfter, ...othersAfter] = inner ?? [];
  if (first === undefined || firstAfter === undefined) return false;
  return covers(intersect(first, ...others), intersect(firstAfter, ...othersAfter)).covered === true;
};
