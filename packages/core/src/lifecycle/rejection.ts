/**
 * Why a presented credential is refused. A closed list: the reader finds the HTTP status of each beside it, and a
 * server answers by the status alone (PROOF-FIRST: the reason of a 401 is never told to who presents it).
 */
const HTTP_CLASS = {
  malformed: 401,
  unknown: 401,
  wrong_secret: 401,
  superseded: 401,
  revoked: 401,
  // A mark raised past the token's, in an emergency or after a restore, is a revocation of everything issued before:
  // as terminal as `revoked`, so it answers like it.
  recalled: 401,
  expired: 401,
  owner_removed: 403,
  inactive: 403,
  address: 403,
  unavailable: 503,
} as const satisfies Record<string, 401 | 403 | 503>;

export type RejectionReason = keyof typeof HTTP_CLASS;

export const rejectionReasons = Object.freeze(Object.keys(HTTP_CLASS) as RejectionReason[]);

export const httpClassOf = (reason: RejectionReason): 401 | 403 | 503 => HTTP_CLASS[reason];
