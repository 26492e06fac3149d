import {
  type Actor,
  beyondOwner,
  isOwnerRemoved,
  type Model,
  type ModelPermissions,
  type ModelToken,
  memberIdOf,
  newestOf,
  organizationOf,
  ownPowers,
  powersOf,
  powersOfMember,
  sees,
  verdictOf,
} from './model.ts';
import { covered, POWER, type Powers } from './powers.ts';

/**
 * Why a call may be refused: the code of every rule that it breaks, in no order. The server names one of them; with none
 * it has to do what was asked.
 */
export type Reasons = readonly string[];

export const because = (broken: boolean, ...codes: readonly string[]): Reasons => (broken ? codes : []);

/** Nobody acts who isn't there any more, whatever it could do when its call began. */
export const actsAtAll = (model: Model, actor: Actor): Reasons => {
  if (actor.type === 'token')
    return because(verdictOf(model, actor.token, actor.secret) !== 'accepted', 'UNAUTHORIZED');
  const { organizationId, memberId } = actor;
  const member = model.organizations
    .find((each) => each.organizationId === organizationId)
    ?.members.find((each) => each.memberId === memberId);
  return because(member?.removed !== false, 'UNAUTHORIZED');
};

type Verb = 'clone' | 'extend' | 'activate' | 'changePermissions' | 'rotate' | 'stop' | 'revoke';

/** What it takes to do a thing to service tokens. */
const neededForService = (model: Model, organizationId: string, verb: Verb | 'issue'): Powers =>
  verb === 'issue' || verb === 'clone' || verb === 'activate'
    ? organizationOf(model, organizationId).dialect.launching
    : POWER.service;

/** Whether this is the token's own doing: it may rotate and revoke itself. */
export const isItself = (actor: Actor, token: ModelToken): boolean => actor.type === 'token' && actor.token === token;

/** Who may do a thing to a token. */
export const mayManage = (model: Model, actor: Actor, verb: Verb, token: ModelToken): Reasons => {
  if (actor.organizationId !== token.organizationId) return ['NOT_FOUND'];
  const stopping = verb === 'stop' || verb === 'revoke';
  // A leaked older secret ends nothing that the newest one's holder relies on.
  const superseded = stopping ? isNewest(actor, token) : [];
  if (superseded.length > 0) return superseded;
  if (isItself(actor, token) && (verb === 'rotate' || verb === 'revoke')) return [];
  const powers = powersOf(model, actor);
  if (stopping && (powers & POWER.administer) !== 0) return [];
  if (token.kind === 'service') {
    const needed = neededForService(model, actor.organizationId, verb);
    const managed = verb !== 'changePermissions' && (powers & needed) !== 0;
    if (managed) return [];
  } else if (memberIdOf(actor) === token.ownerId && (powers & POWER.personal) !== 0) return [];
  // TENANT-WALL, within an organization: what somebody may neither do nor see isn't there.
  if (!sees(model, actor, token)) return ['NOT_FOUND'];
  return token.kind === 'service' && verb === 'changePermissions'
    ? ['PERMISSIONS_FROZEN']
    : ['NOT_ALLOWED', 'OWNER_ONLY'];
};

/** Each layer of who acts: its own if it is a token, and its member's. A token is bounded by both. */
const layersOf = (model: Model, actor: Actor): readonly Powers[] => {
  const { organizationId } = actor;
  const memberId = memberIdOf(actor);
  const members = memberId === null ? [] : [powersOfMember(model, organizationId, memberId)];
  return actor.type === 'token' ? [ownPowers(model, organizationId, actor.token.permissions), ...members] : members;
};

/** Whose own tokens an actor's permissions speak of. */
const subjectOf = (actor: Actor): string | null =>
  actor.type === 'token' && actor.token.permissions.type === 'frozen'
    ? actor.token.permissions.issuerId
    : memberIdOf(actor);

/** NO-ESCALATION: nobody hands out what it doesn't have in every one of its layers. `ofMember` has, or is given, the powers. */
export const coversPowers = (
  model: Model,
  actor: Actor,
  powers: Powers,
  code = 'PERMISSIONS_NOT_COVERED',
  ofMember: string | null = subjectOf(actor),
): Reasons => {
  const { ofAnother } = organizationOf(model, actor.organizationId).dialect;
  const asked = ofMember === subjectOf(actor) ? powers : ofAnother(powers);
  return because(!layersOf(model, actor).every((layer) => covered(layer, asked)), code);
};

/** A secret, or more life, goes only to who covers what the token may do now. */
export const coversTarget = (
  model: Model,
  actor: Actor,
  token: Pick<ModelToken, 'organizationId' | 'kind' | 'permissions'>,
): Reasons => {
  const own = ownPowers(model, token.organizationId, token.permissions);
  const owners = token.kind === 'personal' ? powersOfMember(model, token.organizationId, memberIdOf(actor)) : own;
  const { permissions } = token;
  return permissions.type === 'frozen'
    ? coversPowers(model, actor, own, undefined, permissions.issuerId)
    : coversPowers(model, actor, own & owners);
};

/** TERMINAL: what has ended for good is given neither a secret nor life. */
export const lives = (model: Model, token: ModelToken): Reasons => [
  ...because(token.state === 'revoked' || token.recalled, 'TOKEN_REVOKED'),
  ...because(isOwnerRemoved(model, token), 'TOKEN_OWNER_REMOVED'),
];

/** Everything about issuing but the target of a clone or a hand-over. */
export const mayIssue = (
  model: Model,
  actor: Actor,
  asked: {
    readonly kind: 'personal' | 'service';
    readonly permissions: ModelPermissions;
    readonly expiresAt: number | null;
  },
): Reasons => {
  const { organizationId } = actor;
  const memberId = memberIdOf(actor);
  if (memberId === null) return ['CREDENTIAL_KIND', 'NOT_ALLOWED'];
  const needed = asked.kind === 'service' ? neededForService(model, organizationId, 'issue') : POWER.personal;
  const { permissions } = asked;
  const own = ownPowers(model, organizationId, permissions);
  const covering =
    asked.kind === 'service'
      ? coversPowers(model, actor, own, undefined, permissions.type === 'frozen' ? permissions.issuerId : memberId)
      : [
          ...because(beyondOwner(model, organizationId, memberId, permissions), 'PERMISSIONS_NOT_COVERED'),
          ...coversPowers(model, actor, own & powersOfMember(model, organizationId, memberId)),
        ];
  return [
    ...because((powersOf(model, actor) & needed) === 0, 'NOT_ALLOWED'),
    ...expiresInTime(model, actor, asked.expiresAt),
    ...covering,
  ];
};

/** NO-SELF-HELP: what a token issues or extends expires no later than it does. */
export const expiresInTime = (model: Model, actor: Actor, expiresAt: number | null): Reasons => [
  ...because(expiresAt !== null && expiresAt <= model.now, 'EXPIRY_IN_PAST'),
  ...(actor.type === 'token' ? within(expiresAt, actor.token.expiresAt) : []),
];

export const within = (expiresAt: number | null, latest: number | null): Reasons =>
  because(latest !== null && (expiresAt === null || expiresAt > latest), 'EXPIRY_AFTER_PARENT');

/** ONE-ROTATION: at most two secrets live. */
export const mayRotateNow = (model: Model, token: ModelToken, cutOlder: boolean): Reasons => {
  const inGrace = token.secrets.some(
    ({ acceptedUntil, cut }) => !cut && acceptedUntil !== null && model.now < acceptedUntil,
  );
  return because(inGrace && !cutOlder, 'ROTATION_IN_GRACE');
};

/** A superseded secret neither takes its token over nor decides which one is to go on. */
export const isNewest = (actor: Actor, token: ModelToken): Reasons =>
  because(isItself(actor, token) && actor.type === 'token' && actor.secret !== newestOf(token), 'SECRET_SUPERSEDED');

export const administers = (model: Model, actor: Actor): Reasons =>
  because((powersOf(model, actor) & POWER.administer) === 0, 'NOT_ALLOWED');
