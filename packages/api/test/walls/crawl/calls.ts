import type { Caller } from '../../installation.ts';
import type { Targets } from './world.ts';

/** One way to call a procedure, with an input that is well formed and names what is there. */
export interface CrawledCall {
  readonly procedure: string;
  /** What the call is about, where a procedure has several rows. */
  readonly about?: string;
  readonly call: (as: Caller, targets: Targets) => Promise<unknown>;
}

type TokenCall = (as: Caller, tokenId: string, targets: Targets) => Promise<unknown>;

/** A procedure about one token: one's own personal one, somebody else's, a service token. */
const aboutTokens = (procedure: string, call: TokenCall): readonly CrawledCall[] => [
  { procedure, about: "one's own", call: (as, targets) => call(as, targets.own, targets) },
  { procedure, about: "somebody else's", call: (as, targets) => call(as, targets.others, targets) },
  { procedure, about: 'a service token', call: (as, targets) => call(as, targets.service, targets) },
];

const inAWeek = () => new Date(Date.now() + 604_800_000).toISOString();
const request = { action: 'ToggleFlag', resource: 'project/shop:env/dev:flag/checkout' };
const name = 'Of the crawl';

const tokens: readonly CrawledCall[] = [
  {
    procedure: 'tokens.issue',
    about: 'personal',
    call: (as, { reads: permissions }) => as.tokens.issue({ name, permissions }),
  },
  { procedure: 'tokens.issue', about: 'personal, inheriting all', call: (as) => as.tokens.issue({ name }) },
  {
    procedure: 'tokens.issue',
    about: 'a service token',
    call: (as, { reads: permissions }) => as.tokens.issue({ kind: 'service', name, permissions }),
  },
  {
    procedure: 'tokens.issue',
    about: 'a service token with full access',
    call: (as) => as.tokens.issue({ kind: 'service', name, permissions: { type: 'ability', ability: 'full_access' } }),
  },
  ...aboutTokens('tokens.clone', (as, tokenId) => as.tokens.clone({ tokenId, name })),
  { procedure: 'tokens.list', call: (as) => as.tokens.list() },
  ...aboutTokens('tokens.get', (as, tokenId) => as.tokens.get({ tokenId })),
  ...aboutTokens('tokens.locate', (as, tokenId) => as.tokens.locate({ tokenId })),
  { procedure: 'tokens.isNameTaken', about: 'for a personal one', call: (as) => as.tokens.isNameTaken({ name }) },
  {
    procedure: 'tokens.isNameTaken',
    about: 'for a service token',
    call: (as) => as.tokens.isNameTaken({ name, kind: 'service' }),
  },
  ...aboutTokens('tokens.rename', (as, tokenId) => as.tokens.rename({ tokenId, name })),
  ...aboutTokens('tokens.describe', (as, tokenId) => as.tokens.describe({ tokenId, description: name })),
  ...aboutTokens('tokens.changePermissions', (as, tokenId, { reads: permissions }) =>
    as.tokens.changePermissions({ tokenId, permissions }),
  ),
  ...aboutTokens('tokens.extend', (as, tokenId) => as.tokens.extend({ tokenId, expiresAt: inAWeek() })),
  ...aboutTokens('tokens.activate', (as, tokenId) => as.tokens.activate({ tokenId })),
  ...aboutTokens('tokens.deactivate', (as, tokenId) => as.tokens.deactivate({ tokenId })),
  ...aboutTokens('tokens.revoke', (as, tokenId) => as.tokens.revoke({ tokenId })),
  ...aboutTokens('tokens.rotate', (as, tokenId) => as.tokens.rotate({ tokenId })),
  {
    procedure: 'tokens.rotate',
    about: 'a service token that administers',
    call: (as, { wide: tokenId }) => as.tokens.rotate({ tokenId }),
  },
  ...aboutTokens('tokens.cutGracePeriod', (as, tokenId) => as.tokens.cutGracePeriod({ tokenId })),
  ...aboutTokens('tokens.handOver', (as, tokenId, { reads: permissions }) =>
    as.tokens.handOver({ tokenId, name, permissions }),
  ),
  {
    procedure: 'tokens.bulk',
    about: 'personal ones',
    call: (as) => as.tokens.bulk({ action: 'deactivate', filter: { kind: 'personal' } }),
  },
  {
    procedure: 'tokens.bulk',
    about: 'service tokens',
    call: (as) => as.tokens.bulk({ action: 'revoke', filter: { kind: 'service' } }),
  },
];

const self: readonly CrawledCall[] = [
  { procedure: 'self.whoami', call: (as) => as.self.whoami() },
  { procedure: 'self.rotate', call: (as) => as.self.rotate() },
  { procedure: 'self.revoke', call: (as) => as.self.revoke() },
  { procedure: 'self.effectivePermissions', call: (as) => as.self.effectivePermissions() },
  { procedure: 'self.signOut', call: (as) => as.self.signOut() },
];

const permissions: readonly CrawledCall[] = [
  { procedure: 'permissions.catalogue', call: (as) => as.permissions.catalogue() },
  { procedure: 'permissions.templates', call: (as) => as.permissions.templates() },
  { procedure: 'permissions.mine', call: (as) => as.permissions.mine() },
  { procedure: 'permissions.decide', call: (as) => as.permissions.decide({ requests: [request] }) },
  { procedure: 'permissions.preview', call: (as, { reads }) => as.permissions.preview({ permissions: reads }) },
  {
    procedure: 'permissions.diff',
    about: "of one's own permissions",
    call: (as, { policyId }) =>
      as.permissions.diff({ before: { type: 'member' }, after: { type: 'policies', policyIds: [policyId] } }),
  },
  {
    procedure: 'permissions.diff',
    about: "of somebody else's",
    call: (as, { memberId }) =>
      as.permissions.diff({ before: { type: 'member' }, after: { type: 'member', memberId } }),
  },
  ...aboutTokens('permissions.suggest', (as, tokenId) => as.permissions.suggest({ tokenId })),
  ...aboutTokens('permissions.explain', (as, tokenId) => as.permissions.explain({ tokenId, request })),
  {
    procedure: 'permissions.explain',
    about: 'a member',
    call: (as, { memberId }) => as.permissions.explain({ memberId, request }),
  },
];

const members: readonly CrawledCall[] = [
  { procedure: 'members.list', call: (as) => as.members.list() },
  { procedure: 'members.get', call: (as, { memberId }) => as.members.get({ memberId }) },
  {
    procedure: 'members.add',
    about: 'without a policy',
    call: (as) => as.members.add({ email: 'crawl@somewhere.example', name: 'Crawled' }),
  },
  {
    procedure: 'members.add',
    about: 'as an Owner',
    call: (as) => as.members.add({ email: 'crawl@somewhere.example', name: 'Crawled', policyIds: ['owner'] }),
  },
  { procedure: 'members.previewRemoval', call: (as, { memberId }) => as.members.previewRemoval({ memberId }) },
  { procedure: 'members.remove', call: (as, { memberId }) => as.members.remove({ memberId }) },
  {
    procedure: 'members.previewPolicies',
    call: (as, { memberId, policy }) => as.members.previewPolicies({ memberId, policyIds: [policy.given] }),
  },
  {
    procedure: 'members.setPolicies',
    about: 'to some that an Administrator covers',
    call: (as, { memberId, policy }) => as.members.setPolicies({ memberId, policyIds: [policy.given] }),
  },
  {
    procedure: 'members.setPolicies',
    about: "to an Owner's",
    call: (as, { memberId }) => as.members.setPolicies({ memberId, policyIds: ['owner'] }),
  },
];

const policies: readonly CrawledCall[] = [
  { procedure: 'policies.list', call: (as) => as.policies.list() },
  { procedure: 'policies.get', call: (as, { policyId }) => as.policies.get({ policyId }) },
  {
    procedure: 'policies.create',
    call: (as, { policy }) => as.policies.create({ name, statements: [...policy.statements] }),
  },
  {
    procedure: 'policies.update',
    call: (as, { policyId, policy }) =>
      as.policies.update({ policyId, revision: 1, name, statements: [...policy.statements] }),
  },
  {
    procedure: 'policies.previewUpdate',
    call: (as, { policyId, policy }) => as.policies.previewUpdate({ policyId, statements: [...policy.statements] }),
  },
  { procedure: 'policies.remove', call: (as, { policyId }) => as.policies.remove({ policyId }) },
  { procedure: 'policies.clone', call: (as, { policyId }) => as.policies.clone({ policyId, name }) },
];

const groups: readonly CrawledCall[] = [
  { procedure: 'groups.list', call: (as) => as.groups.list() },
  { procedure: 'groups.get', call: (as, { groupId }) => as.groups.get({ groupId }) },
  {
    procedure: 'groups.create',
    call: (as, { memberId, policyId }) => as.groups.create({ name, policyIds: [policyId], memberIds: [memberId] }),
  },
  {
    procedure: 'groups.update',
    about: 'with a member and a policy',
    call: (as, { groupId, memberId, policyId }) =>
      as.groups.update({ groupId, revision: 1, policyIds: [policyId], memberIds: [memberId] }),
  },
  {
    procedure: 'groups.update',
    about: "with an Owner's policy",
    call: (as, { groupId, memberId }) =>
      as.groups.update({ groupId, revision: 1, policyIds: ['owner'], memberIds: [memberId] }),
  },
  { procedure: 'groups.remove', call: (as, { groupId }) => as.groups.remove({ groupId }) },
  { procedure: 'groups.clone', call: (as, { groupId }) => as.groups.clone({ groupId, name }) },
];

const organization: readonly CrawledCall[] = [
  { procedure: 'notifications.list', call: (as) => as.notifications.list() },
  { procedure: 'notifications.markRead', call: (as) => as.notifications.markRead() },
  { procedure: 'settings.get', call: (as) => as.settings.get() },
  { procedure: 'settings.update', call: (as) => as.settings.update({ rotationAgeDays: 7 }) },
  { procedure: 'audit.list', call: (as) => as.audit.list() },
  { procedure: 'audit.export', call: (as) => as.audit.export({ format: 'jsonl' }) },
  { procedure: 'audit.verifyChain', call: (as) => as.audit.verifyChain() },
  { procedure: 'system.capturedMail', call: (as) => as.system.capturedMail() },
  { procedure: 'system.verifiers', call: (as) => as.system.verifiers() },
  { procedure: 'system.emergency', call: (as) => as.system.emergency({ reason: 'a drill' }) },
  {
    procedure: 'system.emergencyOfInstallation',
    call: (as) => as.system.emergencyOfInstallation({ reason: 'a drill' }),
  },
  { procedure: 'system.awaitSettled', call: (as, { receipt }) => as.system.awaitSettled({ receipt }) },
  { procedure: 'system.demo', call: (as) => as.system.demo() },
  { procedure: 'system.health', call: (as) => as.system.health() },
];

const verify: readonly CrawledCall[] = [
  { procedure: 'verify.verify', call: (as, { tokenText: presentedToken }) => as.verify.verify({ presentedToken }) },
  {
    procedure: 'verify.decide',
    call: (as, { tokenText: presentedToken }) => as.verify.decide({ presentedToken, request }),
  },
  {
    procedure: 'verify.lookUp',
    call: (as, { tokenText: presentedToken }) => as.verify.lookUp({ tokens: [{ presentedToken }] }),
  },
  { procedure: 'verify.poll', call: (as) => as.verify.poll({ registration: null }) },
  {
    procedure: 'verify.subscribe',
    call: async (as) => {
      for await (const wakeUp of await as.verify.subscribe()) return wakeUp;
      return null;
    },
  },
];

/** Every procedure of the router, in the order of the interface's own table. */
export const crawledCalls: readonly CrawledCall[] = [
  ...tokens,
  ...self,
  ...permissions,
  ...members,
  ...policies,
  ...groups,
  ...organization,
  ...verify,
];
