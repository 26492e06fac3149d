import { LatchkeyError } from '@latchkey/core/errors';
import { type Coverage, covers, intersect, type PermissionLayer } from '@latchkey/core/policy';

/**
 * Whether all that the inner layers allow together is allowed by every outer one; with the first counterexample found.
 * A layer that stands on both sides (a member and its own token) covers without being compared.
 */
export const coverage = (outer: readonly PermissionLayer[], inner: readonly PermissionLayer[]): Coverage => {
  const [first, ...others] = inner.map(({ permissions }) => permissions);
  // Without a layer nothing is allowed, and nothing is covered by anybody.
  if (first === undefined) return { covered: true };
  const together = intersect(first, ...others);
  for (const { permissions } of outer) {
    if (inner.some((each) => each.permissions === permissions)) continue;
    // One layer alone is the simpler question; where it is covered, so is what others take away from it.
    if (others.length > 0 && inner.some((each) => covers(permissions, each.permissions).covered === true)) continue;
    const found = covers(permissions, together);
    if (found.covered !== true) return found;
  }
  return outer.length > 0 ? { covered: true } : { covered: 'undecided', reason: 'The caller has no permissions.' };
};

/** NO-ESCALATION: refuses to hand out what the caller doesn't cover; what can't be decided is refused as well. */
export const requireCovered = (outer: readonly PermissionLayer[], inner: readonly PermissionLayer[]): void => {
  const found = coverage(outer, inner);
  if (found.covered === false) {
    throw new LatchkeyError('PERMISSIONS_NOT_COVERED', { counterexample: { ...found.counterexample } });
  }
  if (found.covered !== true) throw new LatchkeyError('PERMISSIONS_UNDECIDED', { reason: found.reason });
};
