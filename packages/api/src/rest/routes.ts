import type { ProcedureName, RouterName } from '@latchkey/contract';

/** A procedure's full name, such as `tokens.rotate`. */
export type ProcedurePath = { [Router in RouterName]: `${Router}.${ProcedureName<Router>}` }[RouterName];

export type RestMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** How a procedure is called over REST. `{name}` in the path is the input's field of that name. */
export interface RestRoute {
  readonly method: RestMethod;
  /** Below `/api/v1`. */
  readonly path: string;
  /** For the OpenAPI document. */
  readonly summary: string;
}

/**
 * The REST face: one row for each procedure. What isn't in the path of a GET or DELETE stands in the query, of the others
 * in a JSON body. A test holds the table to the contract.
 */
export const restRoutes: Readonly<Partial<Record<ProcedurePath, RestRoute>>> = {
  'audit.list': { method: 'GET', path: '/audit-events', summary: 'The audit trail, newest first.' },
  'audit.export': {
    method: 'GET',
    path: '/audit-export',
    summary: 'Sealed audit events as JSON Lines, CSV or OCSF, page by page.',
  },
  'audit.verifyChain': {
    method: 'GET',
    path: '/audit-chain',
    summary: 'Checks that the audit trail was not edited, cut or rewritten.',
  },

  'groups.list': { method: 'GET', path: '/groups', summary: 'Groups of the organization.' },
  'groups.get': { method: 'GET', path: '/groups/{groupId}', summary: 'One group.' },
  'groups.create': { method: 'POST', path: '/groups', summary: 'Makes a group.' },
  'groups.update': { method: 'PATCH', path: '/groups/{groupId}', summary: 'Changes a group.' },
  'groups.remove': { method: 'DELETE', path: '/groups/{groupId}', summary: 'Removes a group.' },
  'groups.clone': { method: 'POST', path: '/groups/{groupId}/clone', summary: 'Makes a group like another.' },

  'members.list': { method: 'GET', path: '/members', summary: 'Members of the organization.' },
  'members.get': { method: 'GET', path: '/members/{memberId}', summary: 'One member.' },
  'members.add': { method: 'POST', path: '/members', summary: 'Adds a member.' },
  'members.remove': {
    method: 'POST',
    path: '/members/{memberId}/remove',
    summary: 'Removes a member, for good: its personal tokens stop at once.',
  },
  'members.previewRemoval': {
    method: 'GET',
    path: '/members/{memberId}/removal-preview',
    summary: "What a member's removal would end, and what goes on.",
  },
  'members.setPolicies': {
    method: 'PUT',
    path: '/members/{memberId}/policies',
    summary: 'Gives a member its policies.',
  },
  'members.previewPolicies': {
    method: 'POST',
    path: '/members/{memberId}/preview-policies',
    summary: 'What other policies would change for a member and its tokens.',
  },

  'permissions.catalogue': { method: 'GET', path: '/permissions/catalogue', summary: "The host's actions." },
  'permissions.templates': { method: 'GET', path: '/permissions/templates', summary: 'Starting points for tokens.' },
  'permissions.mine': { method: 'GET', path: '/permissions/mine', summary: 'What the caller may do.' },
  'permissions.decide': { method: 'POST', path: '/permissions/decide', summary: 'Whether the caller may do this.' },
  'permissions.explain': { method: 'POST', path: '/permissions/explain', summary: 'Why a request is allowed or not.' },
  'permissions.diff': { method: 'POST', path: '/permissions/diff', summary: 'What a change would give and take.' },
  'permissions.suggest': {
    method: 'GET',
    path: '/tokens/{tokenId}/suggestion',
    summary: 'Narrower permissions for a token, from what it was used for.',
  },
  'permissions.preview': { method: 'POST', path: '/permissions/preview', summary: 'What a token would be able to do.' },

  'policies.list': { method: 'GET', path: '/policies', summary: 'Policies of the organization.' },
  'policies.get': { method: 'GET', path: '/policies/{policyId}', summary: 'One policy.' },
  'policies.create': { method: 'POST', path: '/policies', summary: 'Makes a policy.' },
  'policies.update': { method: 'PATCH', path: '/policies/{policyId}', summary: 'Changes a policy.' },
  'policies.previewUpdate': {
    method: 'POST',
    path: '/policies/{policyId}/preview-update',
    summary: 'Whom other statements would touch.',
  },
  'policies.remove': { method: 'DELETE', path: '/policies/{policyId}', summary: 'Removes a policy.' },
  'policies.clone': { method: 'POST', path: '/policies/{policyId}/clone', summary: 'Makes a policy like another.' },

  'settings.get': { method: 'GET', path: '/settings', summary: "The organization's rules for tokens." },
  'settings.update': { method: 'PATCH', path: '/settings', summary: "Changes the organization's rules for tokens." },

  'self.whoami': { method: 'GET', path: '/self', summary: 'Who is calling.' },

  'self.effectivePermissions': {
    method: 'GET',
    path: '/self/effective-permissions',
    summary: 'What the caller may do now, action by action.',
  },
  'self.rotate': { method: 'POST', path: '/self/rotate', summary: 'The calling token replaces its own secret.' },
  'self.revoke': { method: 'POST', path: '/self/revoke', summary: 'The calling token ends itself, for good.' },

  'system.awaitSettled': {
    method: 'GET',
    path: '/system/settlement',
    summary: 'Waits until nothing accepts any more what a call without waiting has stopped.',
  },
  'system.emergency': {
    method: 'POST',
    path: '/system/emergency',
    summary: 'Ends every token of the organization, for good.',
  },
  'system.emergencyOfInstallation': {
    method: 'POST',
    path: '/system/emergency-of-installation',
    summary: 'Ends every token of every organization, for good.',
  },
  'system.verifiers': { method: 'GET', path: '/system/verifiers', summary: 'Who verifies tokens here.' },
  'system.demo': { method: 'GET', path: '/system/demo', summary: "The demo's members; nobody outside of a demo." },
  'system.health': { method: 'GET', path: '/system/health', summary: 'Whether what this server needs answers.' },

  'tokens.issue': { method: 'POST', path: '/tokens', summary: 'Issues a token and reveals it, this once.' },
  'tokens.list': { method: 'GET', path: '/tokens', summary: 'Tokens that the caller may see.' },
  'tokens.get': { method: 'GET', path: '/tokens/{tokenId}', summary: 'One token.' },
  'tokens.isNameTaken': { method: 'GET', path: '/token-names', summary: 'Whether a name may be used.' },
  'tokens.rename': { method: 'POST', path: '/tokens/{tokenId}/rename', summary: 'Renames a token.' },
  'tokens.describe': { method: 'POST', path: '/tokens/{tokenId}/describe', summary: 'Describes a token.' },
  'tokens.clone': { method: 'POST', path: '/tokens/{tokenId}/clone', summary: 'Issues a token like another.' },
  'tokens.locate': { method: 'GET', path: '/tokens/{tokenId}/location', summary: 'Whose token this is.' },
  'tokens.changePermissions': {
    method: 'PUT',
    path: '/tokens/{tokenId}/permissions',
    summary: 'Changes what a personal token may do.',
  },
  'tokens.extend': {
    method: 'POST',
    path: '/tokens/{tokenId}/extend',
    summary: 'Gives a token a later expiry, or none.',
  },
  'tokens.activate': { method: 'POST', path: '/tokens/{tokenId}/activate', summary: 'Starts an inactive token again.' },
  'tokens.deactivate': {
    method: 'POST',
    path: '/tokens/{tokenId}/deactivate',
    summary: 'Stops a token until it is activated; nothing accepts it once this has answered.',
  },
  'tokens.revoke': {
    method: 'POST',
    path: '/tokens/{tokenId}/revoke',
    summary: 'Stops a token for good; nothing accepts it once this has answered.',
  },
  'tokens.rotate': {
    method: 'POST',
    path: '/tokens/{tokenId}/rotate',
    summary: 'Gives a token a new secret and reveals it, this once.',
  },
  'tokens.handOver': {
    method: 'POST',
    path: '/tokens/{tokenId}/hand-over',
    summary: "Issues a service token in a personal token's place.",
  },
  'tokens.bulk': { method: 'POST', path: '/tokens/bulk', summary: 'Stops every token that fits a filter.' },
  'tokens.cutGracePeriod': {
    method: 'POST',
    path: '/tokens/{tokenId}/cut-grace-period',
    summary: 'Ends the grace period of a superseded secret now.',
  },

  'verify.verify': { method: 'POST', path: '/verify', summary: 'Whether a presented token is good.' },
  'verify.decide': { method: 'POST', path: '/verify/decide', summary: 'Whether it is good and may do this.' },
};

/** Procedures that have no place in REST, and why. */
export const withoutRest: Readonly<Partial<Record<ProcedurePath, string>>> = {
  'verify.lookUp': 'is what @latchkey/client fills its memory with; others ask verify.verify or /oauth/introspect',
  'verify.poll': 'keeps the memory of @latchkey/client coherent, by a protocol of their own',
  'verify.subscribe': 'wakes @latchkey/client up: a stream of events, not an answer',
  'notifications.list': 'is read by a signed-in member: there is nobody behind a token to be told',
  'notifications.markRead': 'the same',
  'system.capturedMail': 'is read in the console of the demo, by a signed-in administrator',
  'self.signOut': 'ends a browser session of the console: there is no session to end behind a token',
};
