import { type Decision, NO_ALLOW } from './decision.ts';
import { type CompiledFactor, type Factor, firstMatch, type PermissionSet } from './permission-set.ts';
import type { Dialect } from './policy.ts';
import type { Name, Request } from './request.ts';
import { namedIn, run } from './search.ts';
import { loadedName } from './trie/loaded-name.ts';

export type { Decision } from './decision.ts';
export { NO_ALLOW } from './decision.ts';

/**
 * Decides one request. Never throws: a request that can't be read (see `readName`) is denied. Linear in the request and,
 * as good as always, independent of how many statements there are; their order changes nothing but `by`. Allocates
 * nothing for a resource given as text: decisions are made when the set is compiled, and frozen.
 */
export const decide = (permissions: PermissionSet, request: Request): Decision => {
  const { factors } = permissions;
  const { action } = request;
  let dialect: Dialect | null = null;
  let allowed: Decision | null = null;
  let denied: Decision | null = null;
  for (let i = 0; i < factors.length; i += 1) {
    const factor = factors[i] as CompiledFactor;
    const { program } = factor;
    const named = namedIn(program, action);
    if (named === null) return NO_ALLOW;
    if (factor.dialect !== dialect) {
      ({ dialect } = factor);
      if (!loadedName.load(request, dialect)) return NO_ALLOW;
    }
    const decision = run(program, action, named);
    if (decision.effect === 'allow') allowed ??= decision;
    // Only where every factor would allow it but for a deny is it the deny that refuses.
    else if (decision.because === 'no_allow') return decision;
    else denied ??= decision;
  }
  return denied ?? allowed ?? NO_ALLOW;
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
