import fc from 'fast-check';
import {
  type Actor,
  type Model,
  type ModelOrganization,
  type ModelPermissions,
  type ModelToken,
  newestOf,
} from './model.ts';
import { NAMED, POWER, type Text } from './powers.ts';

/** Choices are made before a history runs, and find their meaning in what there is then. */
type Who = 'boss' | 'manager' | 'owner' | 'member' | 'sibling' | 'itself' | 'token' | 'managing token' | 'stranger';

export interface ActorChoice {
  readonly who: Who;
  readonly which: number;
  /** Calls by what was known of it before: as if the call had begun then. */
  readonly stale: boolean;
}

const which = fc.nat(997);
const isStale = fc.oneof({ arbitrary: fc.constant(false), weight: 4 }, { arbitrary: fc.constant(true), weight: 1 });

export const anOrganization = fc.nat(1);
export const aTarget = fc.record({ organization: anOrganization, which });
export type TargetChoice = {
  readonly organization: number;
  readonly which: number;
  /** Of those that a token issued which itself expires, where there are any. */
  readonly child?: boolean;
};

export const anActor: fc.Arbitrary<ActorChoice> = fc.record({
  who: fc.oneof(
    { arbitrary: fc.constantFrom<Who>('boss', 'owner', 'member', 'sibling', 'itself', 'token'), weight: 12 },
    { arbitrary: fc.constant<Who>('stranger'), weight: 1 },
  ),
  which,
  stale: isStale,
});

/** A token by which somebody may issue others, where there is one. */
export const aManagingToken: fc.Arbitrary<ActorChoice> = fc.record({
  who: fc.constant<Who>('managing token'),
  which,
  stale: isStale,
});

/** Who issues: mostly somebody who may. */
export const anIssuer: fc.Arbitrary<ActorChoice> = fc.record({
  who: fc.constantFrom<Who>('boss', 'boss', 'manager', 'manager', 'member', 'token', 'token'),
  which,
  stale: isStale,
});

/** Mostly whoever has the token, or manages those of its kind. */
export const anOwner: fc.Arbitrary<ActorChoice> = fc.record({
  who: fc.constantFrom<Who>('owner', 'owner', 'boss', 'manager', 'sibling'),
  which,
  stale: isStale,
});

const somePowers = fc
  .subarray([...NAMED], { minLength: 1 })
  .map((names) => names.reduce((sum, name) => sum | POWER[name], 0));
const fewPowers = fc
  .subarray([...NAMED], { minLength: 1, maxLength: 2 })
  .map((names) => names.reduce((sum, name) => sum | POWER[name], 0));

/** One of those that an organization has, whichever it means there. */
export const aPolicy = fc.nat(7);

export const aText: fc.Arbitrary<Text> = fc.record({
  allow: fc.oneof(somePowers, fewPowers),
  deny: fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, { arbitrary: fewPowers, weight: 1 }),
  wildcard: fc.constant(0),
});

export type PermissionsChoice =
  | { readonly type: 'inherit'; readonly manageTokens: boolean }
  | { readonly type: 'statements'; readonly text: Text }
  | { readonly type: 'policies'; readonly which: readonly number[] };

const narrow: fc.Arbitrary<PermissionsChoice> = fc.oneof(
  { arbitrary: aText.map((text) => ({ type: 'statements' as const, text })), weight: 3 },
  {
    arbitrary: fc
      .array(aPolicy, { minLength: 1, maxLength: 2 })
      .map((chosen) => ({ type: 'policies' as const, which: chosen })),
    weight: 1,
  },
);
export const personalPermissions: fc.Arbitrary<PermissionsChoice> = fc.oneof(
  fc.boolean().map((manageTokens) => ({ type: 'inherit' as const, manageTokens })),
  narrow,
);
export const servicePermissions = narrow;

export const HOUR = 3_600_000;
/** From now on; some in the past, some that meet others to the millisecond. */
export const anExpiry = fc.oneof(
  { arbitrary: fc.constant(null), weight: 8 },
  { arbitrary: fc.constantFrom(1, HOUR, 2 * HOUR, 24 * HOUR), weight: 8 },
  { arbitrary: fc.constantFrom(-1, 0), weight: 1 },
);

export const organizationAt = (model: Model, index: number): ModelOrganization =>
  model.organizations[index] ?? (model.organizations[0] as ModelOrganization);

/** One of the organization's tokens; `null` where it has none. */
export const targetOf = (model: Model, choice: TargetChoice): ModelToken | null => {
  const { organizationId } = organizationAt(model, choice.organization);
  const there = model.tokens.filter((token) => token.organizationId === organizationId);
  const children = there.filter(({ parent }) => parent !== null && parent.expiresAt !== null);
  if (choice.child && children.length > 0) return pick(children, choice.which);
  // Mostly one of the first two: things happen to a token one after the other.
  return pick(choice.which % 3 === 0 ? there : there.slice(0, 2), choice.which);
};

export const actorOf = (model: Model, home: number, target: ModelToken | null, choice: ActorChoice): Actor => {
  const at = choice.who === 'stranger' ? 1 - home : home;
  const { organizationId, members } = organizationAt(model, at);
  const ofMember = (memberId: string): Actor => ({ type: 'member', organizationId, memberId });
  const anybody = ofMember(pick(members, choice.which)?.memberId ?? '');
  const boss = ofMember(members[0]?.memberId ?? '');
  const there = model.tokens.filter((token) => token.organizationId === organizationId);
  const ofToken = (token: ModelToken | null): Actor => {
    if (token === null) return anybody;
    // By its newest secret, or by the one before.
    const secret = choice.which % 2 === 0 ? token.secrets.at(-2) : undefined;
    return { type: 'token', organizationId, token, secret: secret ?? newestOf(token) };
  };
  switch (choice.who) {
    case 'boss':
      return boss;
    case 'manager':
      return ofMember(members[1]?.memberId ?? '');
    case 'owner':
      return target?.ownerId ? ofMember(target.ownerId) : boss;
    case 'member':
      return anybody;
    case 'itself':
      return ofToken(target);
    case 'sibling':
      return ofToken(
        pick(
          there.filter(({ ownerId }) => ownerId !== null && ownerId === target?.ownerId),
          choice.which,
        ),
      );
    case 'token':
      return ofToken(pick(there, choice.which));
    case 'managing token':
      return ofToken(
        pick(
          there.filter(({ permissions }) => permissions.type === 'inherit' && permissions.manageTokens),
          choice.which,
        ),
      );
    case 'stranger':
      return choice.which % 2 === 0 ? ofToken(pick(there, choice.which)) : choice.which % 3 === 0 ? boss : anybody;
  }
};

/** Policies are those of whoever asks: of others it can't know. */
export const permissionsOf = (model: Model, actor: Actor, choice: PermissionsChoice): ModelPermissions => {
  if (choice.type !== 'policies') return choice;
  const policies = model.organizations.find((each) => each.organizationId === actor.organizationId)?.policies ?? [];
  const policyIds = choice.which.map((index) => policies[index % policies.length]?.policyId ?? 'owner');
  return { type: 'policies', policyIds: [...new Set(policyIds)] };
};

export const pick = <T>(items: readonly T[], index: number): T | null =>
  items[index % Math.max(items.length, 1)] ?? null;
