import type { Instant } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { nameProblems, parseAddressRanges, rangesAreWithin } from '@latchkey/core/lifecycle';
import type { TokenRecord } from '@latchkey/store';
import { iso } from './token-view.ts';

/** Refuses a name that core's rules don't take (`NAME_INVALID`). */
export const checkName = (name: string): void => {
  const problems = nameProblems(name);
  if (problems.length > 0) throw new LatchkeyError('NAME_INVALID', { problems: problems.map((each) => ({ ...each })) });
};

/** The instant that was written, or `null` for none. `parent` is the token that issues this one: it isn't outlived. */
export const checkExpiry = (
  expiresAt: string | undefined,
  now: Instant,
  parent: Pick<TokenRecord, 'expiresAt'> | null,
): Instant | null => {
  const instant = expiresAt === undefined ? null : Date.parse(expiresAt);
  if (instant !== null && !(instant > now)) throw new LatchkeyError('EXPIRY_IN_PAST');
  const latest = parent?.expiresAt ?? null;
  if (latest !== null && (instant === null || instant > latest)) {
    throw new LatchkeyError('EXPIRY_AFTER_PARENT', { latest: iso(latest) });
  }
  return instant;
};

/** The ranges as they were written, read once; those of a token that a token issues lie within its parent's. */
export const checkAddressRanges = (
  ranges: readonly string[],
  parent: Pick<TokenRecord, 'addressRanges'> | null,
): readonly string[] => {
  const inner = parseAddressRanges(ranges);
  if (!inner.ok) {
    const problems = inner.problems.map(({ path, ...problem }) => ({
      ...problem,
      path: path === '' ? 'addressRanges' : `addressRanges[${path}]`,
    }));
    throw new LatchkeyError('ADDRESS_RANGE_INVALID', { problems });
  }
  const outer = parseAddressRanges(parent?.addressRanges ?? []);
  if (!outer.ok || !rangesAreWithin(inner.value, outer.value)) throw new LatchkeyError('ADDRESS_OUTSIDE_PARENT');
  return ranges;
};
