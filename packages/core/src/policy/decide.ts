import { type Factor, firstMatch, type PermissionSet } from './permission-set.ts';
import type { Dialect } from './policy.ts';
import { type Name, type Request, readName } from './request.ts';
import type { StatementReference } from './statement.ts';

/** Whether a request is allowed, and the first statement that made it so. */
export type Decision =
  | { readonly effect: 'allow'; readonly by: StatementReference }
  /** Something would have allowed the request but for this deny. */
  | { readonly effect: 'deny'; readonly because: 'explicit_deny'; readonly by: StatementReference }
  /** Nothing allows it, whatever denies there are. */
  | { readonly effect: 'deny'; readonly because: 'no_allow'; readonly by: null };

export const NO_ALLOW: Decision = Object.freeze({ effect: 'deny', because: 'no_allow', by: null });

/**
 * Decides one request. Never throws: a request that can't be read (see `readName`) is denied. Linear in the request and
 * the statements that speak of its action; the order of policies and statements changes nothing but `by`.
 */
export const decide = (permissions: PermissionSet, request: Request): Decision => {
  let dialect: Dialect | null = null;
  let name: Name | null = null;
  let allowed: Decision | null = null;
  let denied: Decision | null = null;
  for (const factor of permissions.factors) {
    if (factor.dialect !== dialect) {
      dialect = factor.dialect;
      name = readName(request, dialect);
      if (name === null) return NO_ALLOW;
    }
    const decision = decideFactor(factor, request.action, name as Name);
    if (decision.effect === 'allow') allowed ??= decision;
    // Only where every factor would allow it but for a deny is it the deny that refuses.
    else if (decision.because === 'no_allow') return decision;
    else denied ??= decision;
  }
  return denied ?? allowed ?? NO_ALLOW;
};

export const decideFactor = (factor: Factor, action: string, name: Name): Decision => {
  let denied: Decision | null = null;
  for (const group of factor.groups) {
    const allow = firstMatch(group.allows, action, name);
    if (allow === null) continue;
    const deny = firstMatch(group.denies, action, name);
    if (deny === null) return { effect: 'allow', by: allow.by };
    denied ??= { effect: 'deny', because: 'explicit_deny', by: deny.by };
  }
  return denied ?? NO_ALLOW;
};
