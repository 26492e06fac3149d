import { type Decision, decide, NO_ALLOW } from './decide.ts';
import type { PermissionSet } from './permission-set.ts';
import type { Request } from './request.ts';

/** Whose permissions: the token's own, or its owner's (a member without a token is its own owner). */
export type Layer = 'token' | 'owner';

export interface PermissionLayer {
  readonly layer: Layer;
  readonly permissions: PermissionSet;
}

/** A decision of several layers; a refusal names the first layer that refused. */
export type LayeredDecision =
  | Extract<Decision, { readonly effect: 'allow' }>
  | (Extract<Decision, { readonly effect: 'deny' }> & { readonly layer: Layer });

/**
 * Every layer must allow (NO-ESCALATION): the decision of `intersect` over them, and whose permissions refused.
 * `by` of an allow is the first layer's statement. No layers allow nothing.
 */
export const decideLayers = (layers: readonly PermissionLayer[], request: Request): LayeredDecision => {
  let allowed: Extract<Decision, { readonly effect: 'allow' }> | null = null;
  for (const { layer, permissions } of layers) {
    const decision = decide(permissions, request);
    if (decision.effect === 'deny') return { ...decision, layer };
    allowed ??= decision;
  }
  return allowed ?? { ...(NO_ALLOW as Extract<Decision, { readonly because: 'no_allow' }>), layer: 'token' };
};
