import { expect } from 'vitest';
import { type Coverage, type CoversOptions, covers, decide, type PermissionSet } from '../../src/policy/index.ts';

export interface TextRequest {
  readonly action: string;
  readonly resource: string;
}

export const isExcess = (outer: PermissionSet, inner: PermissionSet, request: TextRequest): boolean =>
  decide(inner, request).effect === 'allow' && decide(outer, request).effect === 'deny';

/** Segments of a resource, by colons that stand outside braces. */
const segmentsOf = (resource: string): readonly string[] => resource.split(/:(?![^{]*\})/);

/** Whether a name has an empty part, or a slash with nothing beside it. */
export const isBare = (resource: string): boolean =>
  segmentsOf(resource).some((segment) => {
    const path = segment.split(';')[0] as string;
    return path === '' || path.startsWith('/') || path.endsWith('/');
  });

/** Every answer is checked for what it claims of itself. */
export const askCovers = (outer: PermissionSet, inner: PermissionSet, options: CoversOptions = {}): Coverage => {
  const coverage = covers(outer, inner, options);
  if (coverage.covered === false) {
    const { counterexample } = coverage;
    expect(isExcess(outer, inner, counterexample), JSON.stringify(counterexample)).toBe(true);
    expect(counterexample.action).not.toBe('');
    expect(segmentsOf(counterexample.resource)).not.toContain('');
    expect(`${counterexample.action}${counterexample.resource}`).toMatch(/^[\x20-\x7e]+$/);
  }
  return coverage;
};
