import type { Instant } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { nameProblems, parseAddressRanges, rangesAreWithin } from '@latchkey/core/lifecycle';
import type { TokenRecord } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import type { ApiDeps } from '../deps.ts';
import { checkProject } from './check-project.ts';
import { iso } from './token-view.ts';

/** Refuses a name that core's rules don't take (`NAME_INVALID`). */
export const checkName = (name: string): void => {
  const problems = nameProblems(name);
  if (problems.length > 0) throw new LatchkeyError('NAME_INVALID', { problems: problems.map((each) => ({ ...each })) });
};

/** What is asked for a token apart from its name and its permissions; `null` or left out: none. */
export interface AskedTerms {
  readonly kind: 'personal' | 'service';
  readonly expiresAt?: string | null | undefined;
  readonly addressRanges: readonly string[];
  readonly project?: string | null | undefined;
}

/** The terms of a token that is issued now, once they have been found good for its issuer and its organization. */
export const checkTerms = async (_deps: ApiDeps, { now, principal, catalogue }: Acting, asked: AskedTerms) => {
  const parent = principal.type === 'token' ? principal.token : null;
  return {
    expiresAt: checkExpiry(asked.expiresAt, now, parent),
    addressRanges: checkAddressRanges(asked.addressRanges, parent),
    project: checkProject(principal, catalogue, asked.project ?? undefined),
  };
};

/** The later expiry of a token. Neither its parent nor the token that calls is outlived (NO-SELF-HELP). */
export const checkExtension = async (
  deps: ApiDeps,
  { tx, now, organizationId, principal }: Acting,
  token: TokenRecord,
  expiresAt: string | null,
): Promise<Instant | null> => {
  const { parentTokenId } = token;
  const instant = checkExpiry(expiresAt, now, principal.type === 'token' ? principal.token : null);
  if (parentTokenId !== null) {
    checkExpiry(expiresAt, now, await deps.store.tokens.find(organizationId, parentTokenId, tx));
  }
  if (token.expiresAt === null || (instant !== null && instant <= token.expiresAt)) {
    throw new LatchkeyError('EXPIRY_NOT_LATER', { expiresAt: token.expiresAt && iso(token.expiresAt) });
  }
  return instant;
};

/** The instant that was written, or `null` for none. `parent` is the token that issues this one: it isn't outlived. */
export const checkExpiry = (
  expiresAt: string | null | undefined,
  now: Instant,
  parent: Pick<TokenRecord, 'expiresAt'> | null,
): Instant | null => {
  const instant = typeof expiresAt === 'string' ? Date.parse(expiresAt) : null;
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
