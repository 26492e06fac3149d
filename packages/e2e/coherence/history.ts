/** A call with its beginning and its end, in milliseconds of the machine's monotonic clock, which all processes share. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Stop extends Span {
  /** The token itself goes on being good, and may do nothing any more. */
  readonly ofPermissions?: boolean;
}

/** What happened to one presented text. */
export interface Life {
  /** Calls after which it has to be refused, up to their settled return. */
  readonly stops: readonly Stop[];
  /** Calls that may make it good (again), its issue among them; one whose answer was lost has no end. */
  readonly starts: readonly Span[];
}

/** `allowed`: the token was good and so was what it wanted to do; `verified`: good, and nothing else was asked. */
export type Outcome = 'allowed' | 'verified' | 'refused' | 'unavailable';

export interface Verification extends Span {
  /** Which text. */
  readonly subject: number;
  readonly verifier: string;
  readonly outcome: Outcome;
}

export interface Violation {
  readonly verification: Verification;
  readonly stop: Span;
}

/**
 * DEAD-ON-RETURN, as whoever stands outside sees it: verifications that began after a stopping call had returned and were
 * accepted all the same. A call that may have made the text good again excuses it, unless that call had ended before the
 * stop began or began after the verification had ended.
 */
export const findViolations = (
  lives: ReadonlyMap<number, Life>,
  verifications: Iterable<Verification>,
): readonly Violation[] => {
  const violations: Violation[] = [];
  for (const verification of verifications) {
    const { outcome, start: began } = verification;
    if (outcome !== 'allowed' && outcome !== 'verified') continue;
    const life = lives.get(verification.subject);
    const stop = life?.stops.find(
      (each) =>
        each.end < began &&
        !(each.ofPermissions === true && outcome === 'verified') &&
        !life.starts.some((start) => excuses(start, each, verification)),
    );
    if (stop !== undefined) violations.push({ verification, stop });
  }
  return violations;
};

const excuses = (start: Span, stop: Span, verification: Span): boolean =>
  start.end > stop.start && start.start < verification.end;
