import type { ErrorCode } from './code.ts';

/** What an error of one code says, and to whom. */
export interface PublicError {
  /** RFC 9110, section 15; RFC 6585 for 429 and 431. */
  readonly httpStatus: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 431 | 500 | 501 | 503;
  /** For the caller: a sentence to act on. It says nothing of rows that the caller may not see. */
  readonly message: string;
  /** For the log, in the words of the design. */
  readonly internal: string;
  /** ALLOW-LISTED-OUTPUT: the only keys of details that an error of this code keeps. */
  readonly details?: readonly string[];
}

const publicErrors = {
  // Who is asking.
  UNAUTHORIZED: {
    httpStatus: 401,
    message: 'Present a valid credential.',
    internal: 'No credential, or one that is refused.',
  },
  FORBIDDEN: {
    httpStatus: 403,
    message: 'This credential may not be used here.',
    internal: 'A proved credential was refused.',
  },
  NOT_ALLOWED: {
    httpStatus: 403,
    message: 'You lack the permission for this; ask an administrator for the action that is named.',
    internal: 'The decision on the declared requirement was deny.',
    details: ['action', 'resource', 'layer', 'because'],
  },
  CREDENTIAL_KIND: {
    httpStatus: 403,
    message: 'This needs another kind of credential.',
    internal: 'The credential is good, but the procedure does not take its kind.',
    details: ['expected'],
  },
  TOO_MANY_CREDENTIALS: {
    httpStatus: 400,
    message: 'Send exactly one credential.',
    internal: 'More than one credential was presented in one HTTP request.',
  },
  CREDENTIAL_MISPLACED: {
    httpStatus: 400,
    message: 'Send the credential in the Authorization header and nowhere else; treat this one as exposed.',
    internal: 'A credential stood in the URL, in another header or in the body.',
  },
  SESSION_EXPIRED: {
    httpStatus: 401,
    message: 'Your session has ended; sign in again.',
    internal: 'Idle or absolute lifetime over.',
  },
  SIGN_IN_AGAIN: {
    httpStatus: 401,
    message: 'Sign in again to confirm this.',
    internal: 'Revealing or raising rights needs a session younger than this one.',
  },
  SIGN_IN_LINK_INVALID: {
    httpStatus: 401,
    message: 'This sign-in link has been used or has expired; ask for a new one.',
    internal: 'Sign-in link unknown, used or expired.',
  },
  CROSS_SITE: {
    httpStatus: 403,
    message: 'This page may not send that; open the console itself and try again.',
    internal: 'A cookie came without a matching Origin or Sec-Fetch-Site, or not as JSON.',
  },
  OWNER_ONLY: {
    httpStatus: 403,
    message: 'Only the owner of this personal token can do that.',
    internal: 'A personal token is managed by its owner; administrators may deactivate and revoke it.',
  },
  // What was asked for.
  NOT_FOUND: {
    httpStatus: 404,
    message: 'There is no such thing here, or you may not see it.',
    internal: 'No such row for this caller.',
  },
  NAME_TAKEN: {
    httpStatus: 409,
    message: 'A token of this organization already has this name; choose another.',
    internal: 'Unique name key among the tokens that are not revoked.',
  },
  NAME_INVALID: {
    httpStatus: 400,
    message: 'Use a name of 1 to 128 visible characters that neither begins nor ends with a space.',
    internal: 'The name breaks the rules of lifecycle/name.',
    details: ['problems'],
  },
  TEXT_CONTAINS_TOKEN: {
    httpStatus: 400,
    message: 'This text holds an access token: take it out, and rotate that token, it has been exposed.',
    internal: 'A token was pasted into a text field (SECRET-ONCE); nothing was stored.',
    details: ['field'],
  },
  EXPIRY_IN_PAST: {
    httpStatus: 400,
    message: 'Choose an expiry that lies in the future.',
    internal: 'expiresAt is not after now.',
  },
  EXPIRY_REQUIRED: {
    httpStatus: 400,
    message: 'This organization demands an expiry.',
    internal: 'No expiry was given; settings ask for it.',
  },
  EXPIRY_TOO_FAR: {
    httpStatus: 422,
    message: 'Choose an earlier expiry: it exceeds the longest lifetime that is allowed here.',
    internal: 'The lifetime exceeds the maximum of the organization.',
    details: ['latest', 'maxLifetimeDays'],
  },
  EXPIRY_AFTER_PARENT: {
    httpStatus: 422,
    message: 'A token issued by a token must not outlive it; choose an earlier expiry.',
    internal: 'The child would expire after its parent.',
    details: ['latest'],
  },
  EXPIRY_NOT_LATER: {
    httpStatus: 422,
    message: 'Choose an expiry later than the present one; to end a token sooner, revoke it.',
    internal: 'extend would not prolong the life of the token.',
    details: ['expiresAt'],
  },
  ADDRESS_RANGE_INVALID: {
    httpStatus: 400,
    message: 'Write each address range as CIDR, such as 192.0.2.0/24 or 2001:db8::/32.',
    internal: 'An address range does not parse.',
    details: ['problems'],
  },
  ADDRESS_OUTSIDE_PARENT: {
    httpStatus: 422,
    message: 'A token issued by a token must keep to address ranges within those of its parent.',
    internal: "The child's address ranges are not within its parent's.",
  },
  ADDRESS_NOT_ALLOWED: {
    httpStatus: 422,
    message: 'Give address ranges within those that this organization allows.',
    internal: "The token's address ranges are not within those of the organization's settings.",
    details: ['allowed'],
  },
  // Permissions.
  PERMISSIONS_INVALID: {
    httpStatus: 400,
    message: 'Correct the permissions: each problem names its place.',
    internal: 'Statements or abilities do not parse, or name unknown actions.',
    details: ['problems'],
  },
  PERMISSIONS_NOT_COVERED: {
    httpStatus: 403,
    message: 'These permissions exceed your own; the example shows a request that you may not make yourself.',
    internal: 'NO-ESCALATION: the permissions of the caller do not cover those of the target.',
    details: ['counterexample'],
  },
  PERMISSIONS_UNDECIDED: {
    httpStatus: 422,
    message: 'It could not be shown that your permissions cover these; write them more simply.',
    internal: 'covers gave undecided, which refuses.',
    details: ['reason'],
  },
  PERMISSIONS_FROZEN: {
    httpStatus: 409,
    message: 'The permissions of a service token never change; issue a new token instead.',
    internal: 'FROZEN-SERVICE.',
  },
  GRANT_NOT_COVERED: {
    httpStatus: 403,
    message: 'You cannot give permissions that you do not have yourself.',
    internal: "NO-ESCALATION: the actor's effective permissions do not cover the policies that it gives.",
    details: ['counterexample', 'reason'],
  },
  // The life of a token.
  TOKEN_REVOKED: {
    httpStatus: 409,
    message: 'This token has been revoked, for good; issue a new one.',
    internal: 'TERMINAL.',
  },
  TOKEN_OWNER_REMOVED: {
    httpStatus: 409,
    message: 'The owner of this token has left; it stays deactivated. Issue a new one.',
    internal: "TERMINAL: deactivated by its owner's removal, or issued under a smaller owner mark.",
  },
  TOKEN_INACTIVE: {
    httpStatus: 409,
    message: 'This token is not active.',
    internal: 'The token is inactive or pending.',
  },
  TOO_MANY_TOKENS: {
    httpStatus: 409,
    message: 'This organization has reached its limit of tokens; revoke one that is no longer needed.',
    internal: "The organization's own limit on tokens is reached.",
    details: ['limit', 'of'],
  },
  ROTATION_IN_GRACE: {
    httpStatus: 409,
    message: 'The secret before this one is still in its grace period; wait, or say that it shall be cut now.',
    internal: 'ONE-ROTATION: two secrets live, and the caller did not ask to cut the older one.',
    details: ['graceEndsAt'],
  },
  GRACE_TOO_LONG: {
    httpStatus: 422,
    message: 'Choose a shorter grace period.',
    internal: 'The grace period exceeds the maximum of the organization.',
    details: ['maxGraceMs'],
  },
  SECRET_SUPERSEDED: {
    httpStatus: 403,
    message: 'Use the newest secret of this token for this.',
    internal: 'A superseded secret tried to do more than to repeat its own rotation.',
  },
  ALREADY_REVEALED: {
    httpStatus: 409,
    message: 'This call has been answered, and its secret is in use or replaced; rotate the token to get another one.',
    internal: 'SECRET-ONCE: the secret that the idempotency key stands for was used, or is not the newest any more.',
    details: ['because', 'tokenId'],
  },
  NOT_PERSONAL: {
    httpStatus: 409,
    message: 'This can only be done to a personal token.',
    internal: 'A service token belongs to the organization: there is nothing to hand over.',
  },
  // Members, policies and groups of the embedded directory.
  LAST_OWNER: {
    httpStatus: 409,
    message: 'This is the last Owner; make somebody else an Owner first.',
    internal: 'The last Owner can be neither removed nor demoted.',
  },
  MEMBER_REMOVED: {
    httpStatus: 409,
    message: 'This member has been removed.',
    internal: 'The membership has ended; its id is never used again.',
  },
  EMAIL_TAKEN: {
    httpStatus: 409,
    message: 'An active member has this e-mail address.',
    internal: 'Unique address among the active members of the organization.',
  },
  POLICY_BUILT_IN: {
    httpStatus: 409,
    message: 'Built-in policies cannot be changed; clone it and edit the clone.',
    internal: 'Built-in policy.',
  },
  POLICY_IN_USE: {
    httpStatus: 409,
    message: 'This policy is in use; take it from its members, groups and tokens first.',
    internal: 'References to the policy exist.',
    details: ['memberCount', 'groupCount', 'tokenCount'],
  },
  POLICY_NAME_TAKEN: {
    httpStatus: 409,
    message: 'A policy with this name exists; choose another.',
    internal: 'Unique policy name key.',
  },
  GROUP_NAME_TAKEN: {
    httpStatus: 409,
    message: 'A group with this name exists; choose another.',
    internal: 'Unique group name key.',
  },
  // The shape of the HTTP request.
  BAD_INPUT: {
    httpStatus: 400,
    message: 'Correct the input: each problem names its place.',
    internal: 'The input schema refused.',
    details: ['problems'],
  },
  BAD_JSON: {
    httpStatus: 400,
    message: 'Send a body that is valid JSON.',
    internal: 'The body does not parse as JSON.',
  },
  CURSOR_INVALID: {
    httpStatus: 400,
    message: 'Start again from the first page.',
    internal: 'The cursor is not one that we signed for this list.',
  },
  METHOD_NOT_ALLOWED: {
    httpStatus: 405,
    message: 'Use the method that this address takes.',
    internal: 'HTTP method refused.',
    details: ['allow'],
  },
  UNSUPPORTED_MEDIA_TYPE: {
    httpStatus: 415,
    message: 'Send application/json.',
    internal: 'Content-Type is not one that this address takes.',
  },
  BODY_TOO_LARGE: {
    httpStatus: 413,
    message: 'Send a smaller body.',
    internal: 'BOUNDED-WORK: body limit.',
    details: ['limitBytes'],
  },
  HEADERS_TOO_LARGE: {
    httpStatus: 431,
    message: 'Send fewer or shorter headers.',
    internal: 'BOUNDED-WORK: header limit.',
  },
  BATCH_TOO_LARGE: {
    httpStatus: 413,
    message: 'Send fewer calls in one batch.',
    internal: 'BOUNDED-WORK: batch limit.',
    details: ['limit'],
  },
  TOO_MANY_REQUESTS: {
    httpStatus: 429,
    message: 'Too many attempts; wait as long as Retry-After says.',
    internal: 'Rate limited.',
    details: ['retryAfterSeconds'],
  },
  IDEMPOTENCY_MISMATCH: {
    httpStatus: 422,
    message: 'This idempotency key was used with another input; use a new key.',
    internal: 'Same key, actor and procedure, other digest of the input.',
  },
  CONFLICT: {
    httpStatus: 409,
    message: 'This has been changed by somebody else; load it again and repeat.',
    internal: 'The optimistic lock found another revision.',
    details: ['revision'],
  },
  // What Latchkey depends on.
  HOST_UNAVAILABLE: {
    httpStatus: 503,
    message: 'The IAM platform cannot be asked at the moment; try again.',
    internal: 'FAIL-CLOSED: the host failed, timed out or answered with something that cannot be believed.',
    details: ['retryAfterSeconds'],
  },
  STORE_UNAVAILABLE: {
    httpStatus: 503,
    message: 'Latchkey cannot answer at the moment; try again.',
    internal: 'FAIL-CLOSED: the database failed or timed out, and no coherent cache answers.',
    details: ['retryAfterSeconds'],
  },
  HOST_OWNS_THIS: {
    httpStatus: 501,
    message: 'Do this in the IAM platform that owns it.',
    internal: 'Not offered by this host adapter.',
    details: ['host'],
  },
  HOST_CANNOT_PIN: {
    httpStatus: 501,
    message: 'Service tokens cannot be issued with this IAM platform.',
    internal: 'COVERED-AT-ISSUE: the host adapter has no permission revision.',
    details: ['host'],
  },
  INTERNAL: {
    httpStatus: 500,
    message: 'Something went wrong on our side; the incident id helps us find it.',
    internal: 'A surprise.',
    details: ['incidentId'],
  },
} as const satisfies Record<ErrorCode, PublicError>;

/** What an error of this code says. Total: every code has its row. */
export const publicErrorOf = (code: ErrorCode): PublicError & { readonly code: ErrorCode } => ({
  code,
  ...publicErrors[code],
});
