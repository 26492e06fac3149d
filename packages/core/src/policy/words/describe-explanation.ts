import type { Layer } from '../decide-layers.ts';
import type { ExplainedLayer, LayeredExplanation } from '../explain-layers.ts';
import type { StatementReference } from '../statement.ts';
import { type Asked, adviceOf } from './advice.ts';
import { describeMissing } from './describe-missing.ts';
import type { Language } from './language.ts';
import { describePlace } from './place.ts';
import { quote } from './quote.ts';
import { createSay, type Say } from './say.ts';

/** An explanation in words. Each list is as long as the explanation's and in its order. */
export interface DescribedExplanation {
  /** The decision, and whose permissions made it. */
  readonly summary: string;
  readonly layers: readonly DescribedLayer[];
  /** What to do about it, the most useful first; empty where the request is allowed. */
  readonly advice: readonly string[];
}

export interface DescribedLayer {
  readonly layer: Layer;
  readonly summary: string;
  readonly matched: readonly string[];
  readonly nearMisses: readonly string[];
}

export interface DescribeOptions {
  readonly language: Language;
  /** Whose permissions the layers are: those of a token and its owner, or a member's alone. */
  readonly of: 'token' | 'member';
  /** Whether a statement was not written by anybody but put beside a token (NO-SELF-HELP); none is unless told. */
  readonly isAdded?: (layer: Layer, by: StatementReference) => boolean;
  /**
   * Whether the reader may not see a layer's statements; none is hidden unless told. Of such a layer nothing is said but
   * that it refused, if it is the one that did: what it would have said otherwise is its owner's business.
   */
  readonly isHidden?: (layer: Layer) => boolean;
}

/**
 * Puts an explanation into words that a person can act on. `request` as it shall be read: whoever asked knows its tags,
 * whoever is told afterwards may not be meant to.
 */
export const describeExplanation = (
  explained: LayeredExplanation,
  request: { readonly action: string; readonly resource: string },
  options: DescribeOptions,
): DescribedExplanation => {
  const say = createSay(options.language);
  const asked: Asked = { action: quote(say, request.action), resource: quote(say, request.resource) };
  return {
    summary: summaryOf(say, explained, asked, options),
    layers: explained.layers.map((layer) => describeLayer(say, layer, explained.decision, request.action, options)),
    advice: adviceOf(say, explained, asked, options),
  };
};

const summaryOf = (say: Say, { decision }: LayeredExplanation, asked: Asked, { of }: DescribeOptions): string => {
  if (decision === null) return say('summary.unknown', asked);
  if (decision.effect === 'allow') return say('summary.allow', asked);
  return say(`summary.${decision.because}`, { ...asked, layer: nameOf(say, decision.layer, of) });
};

const describeLayer = (
  say: Say,
  { layer, explanation }: ExplainedLayer,
  decided: LayeredExplanation['decision'],
  action: string,
  { of, isAdded, isHidden }: DescribeOptions,
): DescribedLayer => {
  const name = nameOf(say, layer, of);
  if (explanation === null) {
    return { layer, summary: say('layer.unknown', { layer: name }), matched: [], nearMisses: [] };
  }
  if (isHidden?.(layer)) {
    const outcome = outcomeOfHidden(layer, decided);
    return { layer, summary: say(`layer.${outcome}`, { layer: name }), matched: [], nearMisses: [] };
  }
  const { decision, matched, nearMisses, readable } = explanation;
  const place = (by: StatementReference) => describePlace(say, layer, by, isAdded);
  return {
    layer,
    summary: !readable
      ? say('unreadable')
      : say(decision.effect === 'allow' ? 'layer.allow' : `layer.${decision.because}`, { layer: name }),
    matched: matched.map(({ effect, by }) => say(`matched.${effect}`, { place: place(by) })),
    nearMisses: nearMisses.map(({ effect, by, missing }) =>
      say(`near.${effect}`, { place: place(by), missing: describeMissing(say, missing, action) }),
    ),
  };
};

/** What a hidden layer's part in a decision is known to be by the decision alone. */
const outcomeOfHidden = (layer: Layer, decided: LayeredExplanation['decision']) => {
  if (decided?.effect === 'allow') return 'allow';
  return decided?.layer === layer ? decided.because : 'hidden';
};

const nameOf = (say: Say, layer: Layer, of: DescribeOptions['of']): string =>
  say(layer === 'token' ? 'layer.token' : of === 'token' ? 'layer.owner' : 'layer.member');
