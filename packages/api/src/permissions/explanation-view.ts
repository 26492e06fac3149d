import type { ExplainedLayerView, MissingView } from '@latchkey/contract';
import type {
  DescribedLayer,
  ExplainedLayer,
  LayeredExplanation,
  MatchedStatement,
  Missing,
  NearMiss,
} from '@latchkey/core/policy';
import { toStatementView } from '../tokens/token-view.ts';
import type { ExplainedSubject } from './explained-subject.ts';

/** Of each list; the counts say how many there are (BOUNDED-WORK). */
const SHOWN = 50;

interface Shortened extends LayeredExplanation {
  readonly layers: readonly (ExplainedLayer & { readonly matchedCount: number; readonly nearMissCount: number })[];
}

/** The first of each list, those first that can have made the outcome or could change it. */
export const shorten = ({ decision, layers }: LayeredExplanation): Shortened => ({
  decision,
  layers: layers.map((layer) => {
    const { explanation } = layer;
    if (explanation === null) return { ...layer, matchedCount: 0, nearMissCount: 0 };
    const { effect } = explanation.decision;
    const first = <T extends MatchedStatement>(list: readonly T[], wanted: 'allow' | 'deny') =>
      [...list.filter((each) => each.effect === wanted), ...list.filter((each) => each.effect !== wanted)].slice(
        0,
        SHOWN,
      );
    return {
      ...layer,
      explanation: {
        ...explanation,
        matched: first(explanation.matched, effect),
        nearMisses: first(nearest(explanation.nearMisses), effect === 'allow' ? 'deny' : 'allow'),
      },
      matchedCount: explanation.matched.length,
      nearMissCount: explanation.nearMisses.length,
    };
  }),
});

/** A statement for the same action is nearer than one for another, and a condition on the resource than another resource. */
const nearest = (nearMisses: readonly NearMiss[]): readonly NearMiss[] =>
  [...nearMisses].sort((a, b) => DISTANCE[a.missing.what] - DISTANCE[b.missing.what]);

const DISTANCE = {
  tags: 0,
  properties: 0,
  path: 1,
  depth: 1,
  excluded_resource: 1,
  action: 2,
  excluded_action: 2,
} as const satisfies Record<Missing['what'], number>;

/** One layer as its reader may see it; of a hidden one what the decision itself tells. */
export const toLayerView = (
  { layer, explanation, matchedCount, nearMissCount }: Shortened['layers'][number],
  described: DescribedLayer | undefined,
  decided: LayeredExplanation['decision'],
  { isHidden, isAdded }: Pick<ExplainedSubject, 'isHidden' | 'isAdded'>,
): ExplainedLayerView => {
  const says = described?.summary ?? '';
  const nothing = { layer, says, matched: [], matchedCount: 0, nearMisses: [], nearMissCount: 0 };
  if (explanation === null) return { ...nothing, outcome: 'unknown', because: null };
  if (isHidden(layer)) {
    if (decided?.effect === 'allow') return { ...nothing, outcome: 'allow', because: null };
    if (decided?.layer === layer) return { ...nothing, outcome: 'deny', because: decided.because };
    return { ...nothing, outcome: 'hidden', because: null };
  }
  const toView = ({ effect, by }: MatchedStatement, words: string | undefined) => ({
    effect,
    policy: layer === 'token' && by.policyId === undefined ? null : { id: by.policyId ?? null, name: by.policy },
    number: by.statementIndex + 1,
    added: isAdded(layer, by),
    statement: toStatementView(by.statement),
    says: words ?? '',
  });
  const { decision, matched, nearMisses } = explanation;
  return {
    layer,
    says,
    outcome: decision.effect,
    because: decision.effect === 'deny' ? decision.because : null,
    matched: matched.map((each, index) => toView(each, described?.matched[index])),
    matchedCount,
    nearMisses: nearMisses.map((each, index) => ({
      ...toView(each, described?.nearMisses[index]),
      missing: toMissingView(each.missing),
    })),
    nearMissCount,
  };
};

const toMissingView = (missing: Missing): MissingView => {
  switch (missing.what) {
    case 'action':
      return { ...missing, wanted: [...missing.wanted] };
    case 'excluded_action':
      return { ...missing, excluded: [...missing.excluded] };
    case 'tags':
      return { ...missing, wanted: [...missing.wanted] };
    case 'properties':
      return { ...missing, wanted: { ...missing.wanted } };
    default:
      return missing;
  }
};
