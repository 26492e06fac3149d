export { COUNTED, createDecisionCounts, type DecisionCount, type DecisionCounts } from './count-decisions.ts';
export { ANY_RESOURCE, siblingsOf } from './counted-resource.ts';
