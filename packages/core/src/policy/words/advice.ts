import type { Layer } from '../decide-layers.ts';
import type { ExplainedLayer, LayeredExplanation } from '../explain-layers.ts';
import type { Missing } from '../missing.ts';
import type { DescribeOptions } from './describe-explanation.ts';
import { quoteProperties, tagsWanted } from './describe-missing.ts';
import { describePlace } from './place.ts';
import { quoteAll } from './quote.ts';
import type { Say } from './say.ts';

/** The request's action and resource, quoted. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
}

/**
 * What to do about a refusal, layer by layer: what the token lacks its owner may lack too, and mending one alone would
 * only move the refusal. Nothing where the request is allowed, where it can't be read, or where nothing is known.
 */
export const adviceOf = (
  say: Say,
  { decision, layers }: LayeredExplanation,
  asked: Asked,
  options: DescribeOptions,
): readonly string[] =>
  decision?.effect === 'deny'
    ? [...new Set(layers.flatMap((layer) => ofLayer(say, layer, decision.layer, asked, options)))]
    : [];

const ofLayer = (
  say: Say,
  { layer, dialect, explanation }: ExplainedLayer,
  refusing: Layer,
  asked: Asked,
  { of, isAdded, isHidden }: DescribeOptions,
): readonly string[] => {
  if (explanation === null || !explanation.readable || explanation.decision.effect === 'allow') return [];
  const { decision, nearMisses } = explanation;
  const ask = layer === 'token' ? 'advice.ask.token' : of === 'token' ? 'advice.ask.owner' : 'advice.ask';
  if (isHidden?.(layer)) return layer === refusing ? [say(ask, asked)] : [];
  if (decision.because === 'explicit_deny') {
    if (isAdded?.(layer, decision.by)) return [say('advice.name', asked)];
    const place = describePlace(say, layer, decision.by, isAdded);
    return [say(dialect === 'launchdarkly' ? 'advice.deny.alone' : 'advice.deny', { place })];
  }
  const conditions = nearMisses
    .filter(({ effect }) => effect === 'allow')
    .map(({ missing }) => ofCondition(say, missing))
    .filter((advice) => advice !== null);
  return [say(ask, asked), ...conditions];
};

/** What the resource could have, or the request could say, instead of another permission. */
const ofCondition = (say: Say, missing: Missing): string | null => {
  switch (missing.what) {
    case 'tags':
      return missing.unknown
        ? say('advice.tags.unknown')
        : say(`advice.tags${tagsWanted(missing)}`, { wanted: quoteAll(say, missing.wanted) });
    case 'properties':
      return missing.unknown
        ? say('advice.properties.unknown')
        : say('advice.properties', { wanted: quoteProperties(say, missing.wanted) });
    default:
      return null;
  }
};
