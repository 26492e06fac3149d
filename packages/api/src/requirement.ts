/**
 * What a procedure demands of its caller. DEFAULT-DENY: the procedure builder takes one, so a procedure without a
 * requirement can't be written; the public ones are listed in a test.
 */
export type Requirement =
  | { readonly type: 'public' }
  /** A member's session or an accepted token, with nothing more: what it may see is judged by the command. */
  | { readonly type: 'caller' }
  /** One of the host's permissions, judged before the command runs. */
  | { readonly type: 'permission'; readonly permission: 'administer' }
  /** Managing tokens: the command judges the verb on the token that it finds (own, service, or as an administrator). */
  | { readonly type: 'manage-tokens' }
  /** A verifier credential of the installation; never an organization's token. */
  | { readonly type: 'verifier' }
  /** An operator credential of the installation: what concerns all organizations at once. */
  | { readonly type: 'operator' };
