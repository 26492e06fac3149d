import type { TokenKind } from '../token/format.ts';

/** A number that only grows, from 0 to 2^53-1. A token issued under a smaller one is refused. */
export type Mark = number;

/** The marks of a token's issue. `null` where there is none: no owner, or no organization. */
export interface IssueMarks {
  readonly installation: Mark;
  readonly organization: Mark | null;
  readonly owner: Mark | null;
}

export interface OwnerFacts {
  readonly status: 'active' | 'removed';
  readonly mark: Mark;
}

/** Two views of one mark, combined: the maximum. TERMINAL: a late or repeated message never lowers one. */
export const raiseMark = (a: Mark, b: Mark): Mark => {
  if (!isMark(a) || !isMark(b)) throw new RangeError('a mark is a whole number from 0 to 2^53-1');
  return Math.max(a, b);
};

/**
 * Whether the owner of a personal token is gone for it: removed, unknown, or returned under a greater mark. Removal
 * raises the owner's mark and so does a return, so a member who comes back revives nothing (TERMINAL). False for the
 * other kinds.
 */
export const isOwnerRemoved = (
  token: { readonly kind: TokenKind; readonly marks: IssueMarks },
  owner: OwnerFacts | null,
): boolean =>
  token.kind === 'personal' &&
  !(owner !== null && owner.status === 'active' && isWithin(owner.mark, token.marks.owner));

/**
 * Whether the organization or the installation has recalled the token: an emergency, or a restore from a backup, raised
 * a mark past that of its issue. For good: neither activating nor rotating renews the marks of the issue.
 */
export const isRecalled = (
  token: { readonly kind: TokenKind; readonly marks: IssueMarks },
  current: { readonly installation: Mark; readonly organization: Mark | null },
): boolean =>
  !isWithin(current.installation, token.marks.installation) ||
  (token.kind !== 'system' && !isWithin(current.organization, token.marks.organization));

// FAIL-CLOSED: asked as "is it provably not greater?", so that a missing or broken number refuses.
const isWithin = (current: Mark | null, issued: Mark | null): boolean =>
  isMark(current) && isMark(issued) && current <= issued;

const isMark = (value: Mark | null): value is Mark => Number.isSafeInteger(value) && (value ?? -1) >= 0;
