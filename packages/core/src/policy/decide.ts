import { type Factor, firstMatch, type PermissionSet } from './permission-set.ts';
import type { Dialect } from './policy.ts';
import type { Program } from './program.ts';
import type { Name, Request } from './request.ts';
import type { StatementReference } from './statement.ts';
import { findFirst } from './trie/find-first.ts';
import { loadedName } from './trie/loaded-name.ts';

/** Whether a request is allowed, and the first statement that made it so. */
export type Decision =
  | { readonly effect: 'allow'; readonly by: StatementReference }
  /** Something would have allowed the request but for this deny. */
  | { readonly effect: 'deny'; readonly because: 'explicit_deny'; readonly by: StatementReference }
  /** Nothing allows it, whatever denies there are. */
  | { readonly effect: 'deny'; readonly because: 'no_allow'; readonly by: null };

export const NO_ALLOW: Decision = Object.freeze({ effect: 'deny', because: 'no_allow', by: null });

/**
 * Decides one request. Never throws: a request that can't be read (see `readName`) is denied. Linear in the request and,
 * as good as always, independent of how many statements there are; their order changes nothing but `by`.
 */
export const decide = (permissions: PermissionSet, request: Request): Decision => {
  const { action } = request;
  let dialect: Dialect | null = null;
  let allowed: Decision | null = null;
  let denied: Decision | null = null;
  for (const factor of permissions.factors) {
    if (factor.dialect !== dialect) {
      if (!loadedName.load(request, factor.dialect)) return NO_ALLOW;
      dialect = factor.dialect;
    }
    const decision = run(factor.program, action);
    if (decision.effect === 'allow') allowed ??= decision;
    // Only where every factor would allow it but for a deny is it the deny that refuses.
    else if (decision.because === 'no_allow') return decision;
    else denied ??= decision;
  }
  return denied ?? allowed ?? NO_ALLOW;
};

/** Decides for the loaded name. Most requests take one walk over the allows and one over that group's denies. */
const run = ({ allows, denies, ends }: Program, action: string): Decision => {
  let denied: Decision | null = null;
  const last = denies.length - 1;
  for (let from = 0; ; ) {
    const allow = findFirst(allows, action, 'allow', from);
    if (allow === null) return denied ?? NO_ALLOW;
    const trie = denies[allow.group] as Program['denies'][number];
    const deny = trie === null ? null : findFirst(trie, action, 'deny', 0);
    if (deny === null) return { effect: 'allow', by: allow.statement.by };
    denied ??= { effect: 'deny', because: 'explicit_deny', by: deny.statement.by };
    if (allow.group === last) return denied;
    from = ends[allow.group] as number;
  }
};

/**
 * The same, statement by statement: for the small parts of sets that `covers` puts together, too many of them to be
 * compiled.
 */
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
