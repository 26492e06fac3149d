/**
 * Latchkey could not be asked, or its answer could not be understood: nothing is known of the presented token. Answer 503
 * and never let the caller in (FAIL-CLOSED). `cause` is what happened; it never holds the presented token.
 */
export class LatchkeyUnavailable extends Error {
  override readonly name = 'LatchkeyUnavailable';
}

/** This program's own credential was refused, or may not verify: a matter for its operator. 503 to callers. */
export class VerifierCredentialRefused extends LatchkeyUnavailable {}
