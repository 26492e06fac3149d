import type { PermissionCatalogue } from '../policy/catalogue.ts';
import { compilePermissions } from '../policy/compile.ts';
import { decide } from '../policy/decide.ts';
import { intersect } from '../policy/intersect.ts';
import type { PermissionSet } from '../policy/permission-set.ts';
import type { Steps } from '../policy/steps.ts';
import type { CountedRequest } from './right-size.ts';

/** What decisions that were counted would have been by other permissions; only those that allowed are asked about. */
export interface Replay {
  /** Decisions that allowed, and that the present permissions would still allow. */
  readonly decisionCount: number;
  readonly refusedCount: number;
  /** Of decisions that were counted together it is known only whether all of them would have been allowed. */
  readonly uncertainCount: number;
  /** Decisions that allowed then, and that the present permissions refuse already. */
  readonly refusedAlreadyCount: number;
  readonly refused: readonly CountedRequest[];
  readonly uncertain: readonly CountedRequest[];
}

interface ReplayedBy {
  readonly present: PermissionSet;
  readonly permissions: PermissionSet;
  readonly catalogue: PermissionCatalogue;
  readonly isCovered: (outer: PermissionSet, inner: PermissionSet) => boolean;
}

/** Puts what was counted to the present permissions and to others: a step for each request. */
export function* replayInSteps(counted: readonly CountedRequest[], by: ReplayedBy): Steps<Replay> {
  const refused: CountedRequest[] = [];
  const uncertain: CountedRequest[] = [];
  let decisionCount = 0;
  let refusedAlreadyCount = 0;
  for (const request of counted) {
    yield;
    if (!request.folded && decide(by.present, request).effect === 'deny') {
      refusedAlreadyCount += request.allowedCount;
      continue;
    }
    decisionCount += request.allowedCount;
    if (request.folded) {
      if (!allowsAll(request, by)) uncertain.push(request);
    } else if (decide(by.permissions, request).effect === 'deny') refused.push(request);
  }
  return {
    ...{ decisionCount, refusedAlreadyCount, refused, uncertain },
    refusedCount: sumOf(refused),
    uncertainCount: sumOf(uncertain),
  };
}

/** Whether everything of a pattern that is allowed now would be: then it needn't be known what of it was used. */
const allowsAll = (
  { action, resource }: CountedRequest,
  { present, permissions, catalogue, isCovered }: ReplayedBy,
): boolean => {
  const statements = [{ effect: 'allow', actions: [action], resources: [resource] }] as const;
  const pattern = compilePermissions([{ name: 'counted', statements }], { dialect: catalogue.dialect });
  return isCovered(permissions, intersect(present, pattern));
};

const sumOf = (counted: readonly CountedRequest[]): number =>
  counted.reduce((sum, { allowedCount }) => sum + allowedCount, 0);
