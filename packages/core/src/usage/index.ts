export {
  COUNTED,
  type CountedLast,
  createDecisionCounts,
  type DecisionCount,
  type DecisionCounts,
} from './count-decisions.ts';
export { ANY_RESOURCE, siblingsOf } from './counted-resource.ts';
export type { Replay } from './replay.ts';
export { type CountedRequest, type RightSizing, rightSizeInSteps } from './right-size.ts';
