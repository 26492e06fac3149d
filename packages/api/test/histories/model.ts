import type { ModelDialect } from './dialects.ts';
import { allowsOf, covered, MANAGING, POWER, type Powers, type Text } from './powers.ts';

/**
 * What Latchkey promises, in as few words as possible: states, times and bits. It knows no database, no transaction, no
 * policy language and none of the server's code. Where server and model differ, one of them is wrong.
 */
export interface Model {
  now: number;
  readonly organizations: readonly ModelOrganization[];
  readonly tokens: ModelToken[];
}

export interface ModelOrganization {
  readonly organizationId: string;
  readonly dialect: ModelDialect;
  /** By id; those of before a removal stay. */
  readonly members: ModelMember[];
  readonly policies: ModelPolicy[];
}

export interface ModelMember {
  readonly memberId: string;
  readonly email: string;
  removed: boolean;
  policyIds: readonly string[];
}

export interface ModelPolicy {
  readonly policyId: string;
  readonly builtIn: boolean;
  text: Text;
  revision: number;
}

export type ModelPermissions =
  | { readonly type: 'inherit'; readonly manageTokens: boolean }
  | { readonly type: 'statements'; readonly text: Text }
  | { readonly type: 'policies'; readonly policyIds: readonly string[] }
  /** Whose own tokens are meant by it: its issuer's. */
  | { readonly type: 'frozen'; readonly powers: Powers; readonly issuerId: string | null };

export interface ModelSecret {
  readonly number: number;
  readonly text: string;
  acceptedUntil: number | null;
  cut: boolean;
}

export interface ModelToken {
  readonly tokenId: string;
  readonly organizationId: string;
  readonly kind: 'personal' | 'service';
  readonly ownerId: string | null;
  readonly parent: ModelToken | null;
  permissions: ModelPermissions;
  state: 'active' | 'inactive' | 'revoked';
  expiresAt: number | null;
  /** By an emergency, after it was issued. */
  recalled: boolean;
  readonly secrets: ModelSecret[];
}

/** Whoever acts: a member by session, or who presents one secret of a token. */
export type Actor =
  | { readonly type: 'member'; readonly organizationId: string; readonly memberId: string }
  | {
      readonly type: 'token';
      readonly organizationId: string;
      readonly token: ModelToken;
      readonly secret: ModelSecret;
    };

export const organizationOf = (model: Model, organizationId: string): ModelOrganization => {
  const found = model.organizations.find((each) => each.organizationId === organizationId);
  if (found === undefined) throw new Error(`no organization ${organizationId}`);
  return found;
};

export const memberOf = (model: Model, organizationId: string, memberId: string | null): ModelMember | null =>
  organizationOf(model, organizationId).members.find((each) => each.memberId === memberId) ?? null;

/** Policies of a token: those that it names. */
const textsOf = (model: Model, organizationId: string, policyIds: readonly string[]): readonly Text[] =>
  organizationOf(model, organizationId)
    .policies.filter(({ policyId }) => policyIds.includes(policyId))
    .map(({ text }) => text);

/** Policies of a member: those that apply, of what it was given. */
export const applying = (
  { dialect, policies }: ModelOrganization,
  policyIds: readonly string[],
): readonly ModelPolicy[] => dialect.applying(policies.filter(({ policyId }) => policyIds.includes(policyId)));

/** What somebody who was given these policies may do. */
export const powersGiven = (organization: ModelOrganization, policyIds: readonly string[]): Powers => {
  const { pooled, everything } = organization.dialect;
  return pooled(
    applying(organization, policyIds).map(({ text }) => text),
    everything,
  );
};

/** What a member may do now. */
export const powersOfMember = (model: Model, organizationId: string, memberId: string | null): Powers => {
  const member = memberOf(model, organizationId, memberId);
  return member === null || member.removed ? 0 : powersGiven(organizationOf(model, organizationId), member.policyIds);
};

/** What permissions allow by themselves, whoever owns the token. */
export const ownPowers = (model: Model, organizationId: string, permissions: ModelPermissions): Powers => {
  const { everything, pooled } = organizationOf(model, organizationId).dialect;
  switch (permissions.type) {
    case 'inherit':
      return permissions.manageTokens ? everything : everything & ~MANAGING;
    case 'statements':
      return pooled([permissions.text], everything & ~MANAGING);
    case 'policies':
      return pooled(textsOf(model, organizationId, permissions.policyIds), everything & ~MANAGING);
    case 'frozen':
      return permissions.powers;
  }
};

/** NO-ESCALATION, as one line: a personal token has what it and its owner have. */
export const powersOfToken = (
  model: Model,
  {
    organizationId,
    kind,
    ownerId,
    permissions,
  }: Pick<ModelToken, 'organizationId' | 'kind' | 'ownerId' | 'permissions'>,
): Powers => {
  const own = ownPowers(model, organizationId, permissions);
  return kind === 'service' ? own : own & powersOfMember(model, organizationId, ownerId);
};

export const powersOf = (model: Model, actor: Actor): Powers =>
  actor.type === 'member'
    ? powersOfMember(model, actor.organizationId, actor.memberId)
    : powersOfToken(model, actor.token);

/** Who acts as a member, or through a token of its own; `null` for a service token. */
export const memberIdOf = (actor: Actor): string | null =>
  actor.type === 'member' ? actor.memberId : actor.token.ownerId;

/** What a personal token asks for, denies aside, has to be allowed to its owner, denies aside. */
export const beyondOwner = (
  model: Model,
  organizationId: string,
  ownerId: string,
  asked: ModelPermissions,
): boolean => {
  if (asked.type === 'inherit' || asked.type === 'frozen') return false;
  const organization = organizationOf(model, organizationId);
  const { everything } = organization.dialect;
  const given = applying(organization, memberOf(model, organizationId, ownerId)?.policyIds ?? []);
  const held = allowsOf(
    given.map(({ text }) => text),
    everything,
  );
  const texts = asked.type === 'statements' ? [asked.text] : textsOf(model, organizationId, asked.policyIds);
  return !covered(held, allowsOf(texts, everything));
};

/** What becomes of a text that is presented now. */
export const verdictOf = (
  model: Model,
  token: ModelToken,
  secret: ModelSecret,
): 401 | 'owner_removed' | 'inactive' | 'accepted' => {
  const { now } = model;
  if (secret.cut || (secret.acceptedUntil !== null && now >= secret.acceptedUntil)) return 401;
  if (token.state === 'revoked' || token.recalled) return 401;
  if (token.expiresAt !== null && now >= token.expiresAt) return 401;
  if (isOwnerRemoved(model, token)) return 'owner_removed';
  return token.state === 'inactive' ? 'inactive' : 'accepted';
};

export const isOwnerRemoved = (model: Model, { organizationId, ownerId }: ModelToken): boolean =>
  ownerId !== null && memberOf(model, organizationId, ownerId)?.removed !== false;

export const newestOf = ({ secrets }: ModelToken): ModelSecret => {
  const newest = secrets.at(-1);
  if (newest === undefined) throw new Error('a token without a secret');
  return newest;
};

/** Whether somebody sees a token at all. */
export const sees = (model: Model, actor: Actor, token: ModelToken): boolean => {
  if (actor.organizationId !== token.organizationId) return false;
  if ((powersOf(model, actor) & POWER.list) !== 0) return true;
  return actor.type === 'token' ? actor.token === token : token.ownerId === actor.memberId;
};
