/**
 * Marks are numbers that only grow, from 0 to 2^53-1. A token stores those of its issue and is refused while any
 * current one is greater. `owner` is 0 where there is no owner.
 */
export interface Marks {
  readonly installation: number;
  readonly organization: number;
  readonly owner: number;
}

/** What stands now, read in the same statement as the token (GATE-FIRST). */
export interface Gates {
  readonly marks: Marks;
  /** The owner of a personal token was removed. */
  readonly ownerGateClosed: boolean;
}

/** Two views of one mark, combined: the maximum. TERMINAL: a late or repeated message never lowers one. */
export const raiseMark = (a: number, b: number): number => {
  if (!isMark(a) || !isMark(b)) throw new RangeError('a mark is a whole number from 0 to 2^53-1');
  return Math.max(a, b);
};

interface Marked {
  readonly kind: 'personal' | 'service';
  /** Those of its issue. */
  readonly marks: Marks;
}

/**
 * Whether the owner of a personal token is gone for it: removed, or returned under a greater mark. A removal raises the
 * owner's mark, and so does a return: a member who comes back revives nothing (TERMINAL). False for a service token.
 *
 * A raised owner mark answers like a removal (403, the secret being proved), for that is what it records, also when the
 * gate has been opened again since.
 */
export const isOwnerRemoved = (token: Marked, gates: Gates): boolean =>
  token.kind !== 'service' && (gates.ownerGateClosed !== false || !isWithin(gates.marks.owner, token.marks.owner));

/**
 * Whether the organization or the installation has recalled the token: an emergency, or a restore from a backup, raised
 * a mark past that of its issue. For good: neither activating nor rotating renews the marks of the issue, so it answers
 * like a revocation (401).
 */
export const isRecalled = (token: Marked, gates: Gates): boolean =>
  !isWithin(gates.marks.installation, token.marks.installation) ||
  !isWithin(gates.marks.organization, token.marks.organization);

// FAIL-CLOSED: asked as "is it provably not greater?", so that a missing or broken number refuses.
const isWithin = (current: number, issued: number): boolean => isMark(current) && isMark(issued) && current <= issued;

const isMark = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
