/** What verifiers must forget. Every stopping transaction writes one or more of these. */
export type Change =
  | { readonly subject: 'token'; readonly organizationId: string; readonly id: string }
  | { readonly subject: 'owner'; readonly organizationId: string; readonly id: string }
  | { readonly subject: 'organization'; readonly organizationId: string }
  | { readonly subject: 'permissions'; readonly organizationId: string }
  /** One of the installation's own credentials. */
  | { readonly subject: 'credential'; readonly id: string }
  /** Everything of everybody: the installation's mark was raised. */
  | { readonly subject: 'installation' };

/** What something that was found depends on. */
export interface Scope {
  /** Empty for the installation's own credentials. */
  readonly organizationId: string;
  /** Of a token or credential; `null` for what is neither's. */
  readonly tokenId: string | null;
  /** The owner of a personal token. */
  readonly ownerId: string | null;
  /** It has an owner's permissions or named policies in it, or whatever else of the organization's can be edited. */
  readonly dependsOnPermissions: boolean;
}

/** Whether what depends on `scope` has to be forgotten. FAIL-CLOSED: a change of an unknown subject touches everything. */
export const touches = (change: Change, scope: Scope): boolean => {
  if (change.subject === 'installation') return true;
  if (change.subject === 'credential') return change.id === scope.tokenId;
  if (change.organizationId !== scope.organizationId) return false;
  switch (change.subject) {
    case 'token':
      return change.id === scope.tokenId;
    case 'owner':
      return change.id === scope.ownerId;
    case 'permissions':
      return scope.dependsOnPermissions;
    default:
      return true;
  }
};
