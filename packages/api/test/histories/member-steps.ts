import fc from 'fast-check';
import {
  type ActorChoice,
  actorOf,
  anActor,
  anIssuer,
  anOrganization,
  aPolicy,
  aText,
  organizationAt,
  pick,
} from './choose.ts';
import { statementsOf } from './dialects.ts';
import {
  type Actor,
  applying,
  type Model,
  type ModelOrganization,
  type ModelPolicy,
  organizationOf,
  ownPowers,
  powersGiven,
  powersOfMember,
  powersOfToken,
} from './model.ts';
import { covered, type Text } from './powers.ts';
import { administers, because, coversPowers, type Reasons } from './rules.ts';
import { attempt, type Step, step } from './step.ts';

interface OnMember {
  readonly home: number;
  readonly who: ActorChoice;
  readonly which: number;
}

/** TENANT-WALL: whoever and whatever is in another organization isn't there. */
const elsewhere = (actor: Actor, { organizationId }: ModelOrganization): Reasons =>
  because(actor.organizationId !== organizationId, 'NOT_FOUND', 'BAD_INPUT');

/** NO-ESCALATION: nobody gives what it hasn't got, unless it was there before. */
const mayGive = (model: Model, actor: Actor, memberId: string | null, before: number, powers: number): Reasons =>
  covered(before, powers) ? [] : coversPowers(model, actor, powers, 'GRANT_NOT_COVERED', memberId);

/** Somebody whose role was replaced by policies is no Owner any more. */
const isOwner = (organization: ModelOrganization, policyIds: readonly string[]): boolean =>
  applying(organization, policyIds).some(({ policyId }) => policyId === 'owner');

const isLastOwner = (organization: ModelOrganization, memberId: string): boolean => {
  const owners = organization.members.filter(({ removed, policyIds }) => !removed && isOwner(organization, policyIds));
  return owners.length === 1 && owners[0]?.memberId === memberId;
};

const policiesAt = ({ policies }: ModelOrganization, chosen: readonly number[]): string[] => [
  ...new Set(chosen.flatMap((index) => policies[index % policies.length]?.policyId ?? [])),
];

const setPolicies = ({ home, who, which, chosen }: OnMember & { readonly chosen: readonly number[] }): Step =>
  step('set policies', async (model, world, tell) => {
    const organization = organizationAt(model, home);
    const member = pick(organization.members, which);
    if (member === null) return;
    const { memberId } = member;
    const policyIds = policiesAt(organization, chosen);
    const actor = actorOf(model, home, null, who);
    const before = powersOfMember(model, organization.organizationId, memberId);
    await attempt(model, world, (text) => tell(`of ${memberId} to ${policyIds} ${text}`), {
      actor,
      stale: who.stale,
      administering: true,
      broken: [
        ...administers(model, actor),
        ...elsewhere(actor, organization),
        ...because(member.removed, 'MEMBER_REMOVED', 'NOT_FOUND'),
        ...because(!isOwner(organization, policyIds) && isLastOwner(organization, memberId), 'LAST_OWNER'),
        ...mayGive(model, actor, memberId, before, powersGiven(organization, policyIds)),
      ],
      call: (as) => as.members.setPolicies({ memberId, policyIds }),
      done: () => {
        member.policyIds = policyIds;
      },
    });
  });

const remove = ({ home, who, which }: OnMember): Step =>
  step('remove', async (model, world, tell) => {
    const organization = organizationAt(model, home);
    const member = pick(organization.members, which);
    if (member === null) return;
    const { memberId } = member;
    const actor = actorOf(model, home, null, who);
    await attempt(model, world, (text) => tell(`${memberId} ${text}`), {
      actor,
      stale: who.stale,
      administering: true,
      broken: [
        ...administers(model, actor),
        ...elsewhere(actor, organization),
        ...because(isLastOwner(organization, memberId), 'LAST_OWNER'),
      ],
      call: (as) => as.members.remove({ memberId }),
      done: () => {
        member.removed = true;
      },
    });
  });

/** Mostly somebody who was removed comes back: under a new id, so that nothing of before is hers (TERMINAL). */
const comeBack = ({ home, who, which, chosen }: OnMember & { readonly chosen: readonly number[] }): Step =>
  step('come back', async (model, world, tell) => {
    const organization = organizationAt(model, home);
    const gone = organization.members.filter(({ removed }) => removed);
    const member = pick(gone.length > 0 ? gone : organization.members, which);
    if (member === null) return;
    const { email } = member;
    const actor = actorOf(model, home, null, who);
    const policyIds = policiesAt(organization, chosen);
    const isHere = organizationAt(model, home).members.some((each) => each.email === email && !each.removed);
    await attempt(model, world, (text) => tell(`${email} with ${policyIds} ${text}`), {
      actor,
      stale: who.stale,
      administering: true,
      broken: [
        ...administers(model, actor),
        ...(actor.organizationId === organization.organizationId
          ? because(isHere, 'EMAIL_TAKEN')
          : // Policies of another organization; "owner" is one that every organization has.
            because(true, 'BAD_INPUT', 'NOT_FOUND')),
        // Of a member that isn't there yet.
        ...coversPowers(model, actor, powersGiven(organization, policyIds), 'GRANT_NOT_COVERED', ''),
      ],
      call: (as) =>
        as.members.add({
          email,
          name: 'Back again',
          policyIds:
            actor.organizationId === organization.organizationId
              ? policyIds
              : [`policy-0-${organization.organizationId}`],
        }),
      done: ({ memberId }) => {
        organization.members.push({ memberId, email, removed: false, policyIds });
      },
    });
  });

const editPolicy = ({ home, who, which, text }: OnMember & { readonly text: Text }): Step =>
  step('edit policy', async (model, world, tell) => {
    const organization = organizationAt(model, home);
    const policy = pick(organization.policies, which);
    if (policy === null) return;
    const actor = actorOf(model, home, null, who);
    const { policyId, revision } = policy;
    await attempt(model, world, (what) => tell(`${policyId} ${what}`), {
      actor,
      stale: who.stale,
      administering: true,
      broken: [
        ...administers(model, actor),
        ...elsewhere(actor, organization),
        ...because(policy.builtIn, 'POLICY_BUILT_IN'),
        ...mayEdit(model, actor, organization, policy, text),
      ],
      call: (as) => {
        // In the words of whoever calls: others' aren't read at all.
        const { dialect } = organizationOf(model, actor.organizationId);
        return as.policies.update({ policyId, revision, statements: statementsOf(dialect, text) });
      },
      done: (result) => {
        policy.text = text;
        policy.revision = result.policy.revision;
      },
    });
  });

/** By what it gives to members that have it, to tokens that name it, and to the token that makes the edit. */
const mayEdit = (
  model: Model,
  actor: Actor,
  organization: ModelOrganization,
  policy: ModelPolicy,
  text: Text,
): Reasons => {
  const { organizationId } = organization;
  const holders = organization.members.filter(
    ({ removed, policyIds }) => !removed && policyIds.includes(policy.policyId),
  );
  const naming = model.tokens.filter(
    (token) =>
      token.organizationId === organizationId &&
      token.state !== 'revoked' &&
      token.permissions.type === 'policies' &&
      token.permissions.policyIds.includes(policy.policyId),
  );
  const concerned = [...holders.map(({ memberId }) => memberId), ...naming.map(({ ownerId }) => ownerId)];
  const powers = () => [
    ...holders.map(({ memberId }) => powersOfMember(model, organizationId, memberId)),
    ...naming.map((token) => powersOfToken(model, token)),
  ];
  const own = () => (actor.type === 'token' ? ownPowers(model, actor.organizationId, actor.token.permissions) : 0);
  const [before, ownBefore, textBefore] = [powers(), own(), policy.text];
  policy.text = text;
  const [then, ownThen] = [powers(), own()];
  policy.text = textBefore;
  return [
    ...then.flatMap((each, index) => mayGive(model, actor, concerned[index] ?? null, before[index] ?? 0, each)),
    ...because(!covered(ownBefore, ownThen), 'GRANT_NOT_COVERED'),
  ];
};

const emergency = ({ home, who }: Pick<OnMember, 'home' | 'who'>): Step =>
  step('emergency', async (model, world, tell) => {
    const actor = actorOf(model, home, null, who);
    await attempt(model, world, tell, {
      actor,
      stale: who.stale,
      administering: true,
      broken: administers(model, actor),
      call: (as) => as.system.emergency({ reason: 'a drill' }),
      done: () => {
        for (const token of model.tokens) if (token.organizationId === actor.organizationId) token.recalled = true;
      },
    });
  });

const onMember = { home: anOrganization, who: anActor, which: fc.nat(997) };
const chosen = fc.array(aPolicy, { maxLength: 3 });

/** Everything that is done to members and policies. */
export const memberSteps: { readonly often: fc.Arbitrary<Step>[]; readonly seldom: fc.Arbitrary<Step>[] } = {
  often: [
    fc.record({ ...onMember, chosen }).map(setPolicies),
    fc.record(onMember).map(remove),
    fc.record({ ...onMember, who: anIssuer, chosen }).map(comeBack),
    fc.record({ ...onMember, who: anIssuer }).map(remove),
    fc.record({ ...onMember, text: aText }).map(editPolicy),
  ],
  seldom: [fc.record({ home: anOrganization, who: anActor }).map(emergency)],
};
