import { decideLayers, type Layer, type LayeredDecision, type PermissionLayer } from './decide-layers.ts';
import { type Explanation, explain } from './explain.ts';
import type { Dialect } from './policy.ts';
import type { Request } from './request.ts';

/** One layer's part; `explanation` is `null` where its permissions are not known (those of a past that wasn't kept). */
export interface ExplainedLayer {
  readonly layer: Layer;
  readonly dialect: Dialect;
  readonly explanation: Explanation | null;
}

/** Why all layers together decided as they did; `decision` is `null` where it hangs on a layer that is not known. */
export interface LayeredExplanation {
  readonly decision: LayeredDecision | null;
  readonly layers: readonly ExplainedLayer[];
}

/** A layer whose permissions are not known: it may have allowed or denied. */
export interface UnknownLayer {
  readonly layer: Layer;
  readonly dialect: Dialect;
  readonly permissions: null;
}

/**
 * `decideLayers`, explained layer by layer. All of them are, not the refusing one alone: what one layer lacks, the next
 * may lack too. What a known layer denies is denied whatever an unknown one said; nothing is allowed without all of them.
 */
export const explainLayers = (
  layers: readonly (PermissionLayer | UnknownLayer)[],
  request: Request,
): LayeredExplanation => {
  const known = layers.filter((each): each is PermissionLayer => each.permissions !== null);
  const decision = decideLayers(known, request);
  return {
    decision: known.length < layers.length && (decision.effect === 'allow' || known.length === 0) ? null : decision,
    layers: layers.map((each) =>
      each.permissions === null
        ? { layer: each.layer, dialect: each.dialect, explanation: null }
        : {
            layer: each.layer,
            dialect: each.permissions.factors[0]?.dialect ?? 'featbit',
            explanation: explain(each.permissions, request),
          },
    ),
  };
};
