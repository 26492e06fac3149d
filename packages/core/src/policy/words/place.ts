import type { Layer } from '../decide-layers.ts';
import type { StatementReference } from '../statement.ts';
import { quote } from './quote.ts';
import type { Say } from './say.ts';

/** Which statement, as people count: from 1. A token's own statements stand in no policy that anybody could look up. */
export const describePlace = (
  say: Say,
  layer: Layer,
  by: StatementReference,
  isAdded: ((layer: Layer, by: StatementReference) => boolean) | undefined,
): string => {
  if (isAdded?.(layer, by)) return say('place.added');
  const number = by.statementIndex + 1;
  return layer === 'token' && by.policyId === undefined
    ? say('place.token', { number })
    : say('place.policy', { number, policy: quote(say, by.policy) });
};
