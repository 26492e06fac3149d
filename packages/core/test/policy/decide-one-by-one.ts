import { type Decision, decideFactor, NO_ALLOW } from '../../src/policy/decide.ts';
import type { PermissionSet, Request } from '../../src/policy/index.ts';
import { readName } from '../../src/policy/request.ts';

/** What PERMISSIONS says of intersections, with every statement of every set looked at. */
export const decideOneByOne = ({ factors }: PermissionSet, request: Request): Decision => {
  const decisions: Decision[] = [];
  for (const factor of factors) {
    const name = readName(request, factor.dialect);
    if (name === null) return NO_ALLOW;
    decisions.push(decideFactor(factor, request.action, name));
  }
  const because = (why: string) => decisions.find((decision) => decision.effect === 'deny' && decision.because === why);
  return because('no_allow') ?? because('explicit_deny') ?? decisions[0] ?? NO_ALLOW;
};
