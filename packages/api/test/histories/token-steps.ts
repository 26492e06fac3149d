import fc from 'fast-check';
import type { Caller } from '../installation.ts';
import {
  type ActorChoice,
  actorOf,
  aManagingToken,
  anActor,
  anExpiry,
  anIssuer,
  anOrganization,
  anOwner,
  aTarget,
  HOUR,
  type PermissionsChoice,
  permissionsOf,
  personalPermissions,
  servicePermissions,
  type TargetChoice,
  targetOf,
} from './choose.ts';
import { type ModelDialect, statementsOf } from './dialects.ts';
import {
  type Actor,
  type Model,
  type ModelPermissions,
  type ModelToken,
  memberIdOf,
  newestOf,
  organizationOf,
  sees,
} from './model.ts';
import {
  because,
  coversTarget,
  expiresInTime,
  isNewest,
  lives,
  mayIssue,
  mayManage,
  mayRotateNow,
  type Reasons,
  within,
} from './rules.ts';
import { attempt, type Step, step } from './step.ts';
import type { World } from './world.ts';

type PermissionsInput = NonNullable<Parameters<Caller['tokens']['issue']>[0]['permissions']>;

const inputOf = (dialect: ModelDialect, permissions: ModelPermissions): PermissionsInput => {
  switch (permissions.type) {
    case 'inherit':
      return permissions;
    case 'statements':
      return { type: 'statements', statements: statementsOf(dialect, permissions.text) };
    case 'policies':
      return { type: 'policies', policyIds: [...permissions.policyIds] };
    case 'frozen':
      throw new Error('nobody asks for frozen permissions');
  }
};

/** FROZEN-SERVICE: what a service token gets at its issue, and keeps. A wildcard counts whole, less what is withheld. */
const frozen = (model: Model, actor: Actor, asked: ModelPermissions): ModelPermissions => {
  const { dialect, policies } = organizationOf(model, actor.organizationId);
  const named = asked.type === 'policies' ? asked.policyIds : [];
  const texts =
    asked.type === 'statements'
      ? [asked.text]
      : policies.filter(({ policyId }) => named.includes(policyId)).map(({ text }) => text);
  const powers = dialect.pooled(texts, dialect.everything) & ~dialect.withheld;
  return { type: 'frozen', powers, issuerId: memberIdOf(actor) };
};

const dialectOf = (model: Model, { organizationId }: Actor): ModelDialect =>
  organizationOf(model, organizationId).dialect;

const iso = (instant: number) => new Date(instant).toISOString();

type Revealed = { readonly token: { readonly tokenId: string }; readonly tokenText: string };

const remember = (
  model: Model,
  actor: Actor,
  token: Pick<ModelToken, 'kind' | 'permissions' | 'expiresAt'>,
  revealed: Revealed,
): void => {
  model.tokens.push({
    ...token,
    tokenId: revealed.token.tokenId,
    organizationId: actor.organizationId,
    ownerId: token.kind === 'service' ? null : memberIdOf(actor),
    parent: actor.type === 'token' ? actor.token : null,
    state: 'active',
    recalled: false,
    secrets: [{ number: 1, text: revealed.tokenText, acceptedUntil: null, cut: false }],
  });
};

const issue =
  (kind: 'personal' | 'service') =>
  ({
    home,
    who,
    permissions: chosen,
    expiresIn,
  }: {
    home: number;
    who: ActorChoice;
    permissions: PermissionsChoice;
    expiresIn: number | null;
  }): Step =>
    step(`issue ${kind}`, async (model, world, tell) => {
      const actor = actorOf(model, home, null, who);
      const asked = permissionsOf(model, actor, chosen);
      const permissions = kind === 'service' ? frozen(model, actor, asked) : asked;
      const expiresAt = expiresIn === null ? null : model.now + expiresIn;
      await attempt(model, world, tell, {
        actor,
        stale: who.stale,
        broken: mayIssue(model, actor, { kind, permissions, expiresAt }),
        call: (as) =>
          as.tokens.issue({
            kind,
            name: world.name(),
            permissions: inputOf(dialectOf(model, actor), asked),
            expiresAt: expiresAt === null ? null : iso(expiresAt),
          }),
        done: (revealed) => remember(model, actor, { kind, permissions, expiresAt }, revealed),
      });
    });

interface OnToken {
  readonly target: TargetChoice;
  readonly who: ActorChoice;
}

interface Deed<T> {
  readonly broken: (model: Model, actor: Actor, token: ModelToken) => Reasons;
  readonly call: (caller: Caller, token: ModelToken, world: World, model: Model, actor: Actor) => Promise<T>;
  readonly done: (model: Model, token: ModelToken, result: T, actor: Actor) => void;
}

/** A call about one token; where there is none yet, nothing. */
const onToken = <T>(name: string, { target, who }: OnToken, deed: Deed<T>): Step =>
  step(name, async (model, world, tell) => {
    const token = targetOf(model, target);
    if (token === null) return;
    const actor = actorOf(model, target.organization, token, who);
    await attempt(model, world, (text) => tell(`${token.tokenId} ${text}`), {
      actor,
      stale: who.stale,
      broken: deed.broken(model, actor, token),
      call: (as) => deed.call(as, token, world, model, actor),
      done: (result) => deed.done(model, token, result, actor),
    });
  });

const cutAll = (token: ModelToken): void => {
  for (const secret of token.secrets) secret.cut = true;
};

const clone = (choice: OnToken): Step => {
  const kept = (model: Model, token: ModelToken) =>
    token.expiresAt !== null && token.expiresAt > model.now ? token.expiresAt : null;
  return onToken('clone', choice, {
    broken: (model, actor, token) => [
      ...mayManage(model, actor, 'clone', token),
      ...because(token.state === 'revoked', 'TOKEN_REVOKED'),
      ...mayIssue(model, actor, { kind: token.kind, permissions: token.permissions, expiresAt: kept(model, token) }),
    ],
    call: (as, { tokenId }, world) => as.tokens.clone({ tokenId, name: world.name() }),
    done: (model, token, revealed, actor) =>
      remember(
        model,
        actor,
        { kind: token.kind, permissions: token.permissions, expiresAt: kept(model, token) },
        revealed,
      ),
  });
};

interface Rotation extends OnToken {
  readonly graceMs: number;
  readonly cutOlder: boolean;
  /** By the name under which a token calls it for itself. */
  readonly bySelf: boolean;
}

const rotate = ({ graceMs, cutOlder, bySelf, ...choice }: Rotation): Step =>
  onToken('rotate', choice, {
    broken: (model, actor, token) => {
      const itself = actor.type === 'token' && actor.token === token;
      return [
        ...mayManage(model, actor, 'rotate', token),
        ...isNewest(actor, token),
        ...(itself ? [] : coversTarget(model, actor, token)),
        ...lives(model, token),
        ...mayRotateNow(model, token, cutOlder),
      ];
    },
    call: (as, token, _, __, actor) =>
      bySelf && actor.type === 'token' && actor.token === token
        ? as.self.rotate({ graceMs, cutOlder })
        : as.tokens.rotate({ tokenId: token.tokenId, graceMs, cutOlder }),
    done: (model, token, { tokenText }) => {
      const present = newestOf(token);
      for (const secret of token.secrets) if (secret !== present) secret.cut = true;
      present.acceptedUntil = model.now + graceMs;
      present.cut = graceMs === 0;
      token.secrets.push({ number: present.number + 1, text: tokenText, acceptedUntil: null, cut: false });
    },
  });

const extend = ({ by, ...choice }: OnToken & { readonly by: number | null }): Step => {
  const asked = (model: Model, { expiresAt }: ModelToken) =>
    by === null ? null : Math.max(expiresAt ?? 0, model.now) + by;
  return onToken('extend', choice, {
    broken: (model, actor, token) => {
      const expiresAt = asked(model, token);
      const notLater = token.expiresAt === null || (expiresAt !== null && expiresAt <= token.expiresAt);
      return [
        ...mayManage(model, actor, 'extend', token),
        ...lives(model, token),
        ...expiresInTime(model, actor, expiresAt),
        ...(token.parent === null ? [] : within(expiresAt, token.parent.expiresAt)),
        ...because(notLater, 'EXPIRY_NOT_LATER'),
        ...coversTarget(model, actor, token),
      ];
    },
    call: (as, token, _, model) => {
      const expiresAt = asked(model, token);
      return as.tokens.extend({ tokenId: token.tokenId, expiresAt: expiresAt === null ? null : iso(expiresAt) });
    },
    done: (_, token, { expiresAt }) => {
      token.expiresAt = expiresAt === null ? null : Date.parse(expiresAt);
    },
  });
};

const activate = (choice: OnToken): Step =>
  onToken('activate', choice, {
    broken: (model, actor, token) => [
      ...mayManage(model, actor, 'activate', token),
      ...lives(model, token),
      ...(token.state === 'active' ? [] : coversTarget(model, actor, token)),
    ],
    call: (as, { tokenId }) => as.tokens.activate({ tokenId }),
    done: (_, token) => {
      token.state = 'active';
    },
  });

const deactivate = (choice: OnToken): Step =>
  onToken('deactivate', choice, {
    broken: (model, actor, token) => mayManage(model, actor, 'stop', token),
    call: (as, { tokenId }) => as.tokens.deactivate({ tokenId }),
    done: (_, token) => {
      if (token.state === 'active') token.state = 'inactive';
    },
  });

const revoke = ({ bySelf, ...choice }: OnToken & { readonly bySelf: boolean }): Step =>
  onToken('revoke', choice, {
    broken: (model, actor, token) => mayManage(model, actor, 'revoke', token),
    call: (as, token, _, __, actor) =>
      bySelf && actor.type === 'token' && actor.token === token
        ? as.self.revoke()
        : as.tokens.revoke({ tokenId: token.tokenId }),
    done: (_, token) => {
      token.state = 'revoked';
      cutAll(token);
    },
  });

const changePermissions = ({
  permissions: chosen,
  ...choice
}: OnToken & { readonly permissions: PermissionsChoice }): Step =>
  onToken('change permissions', choice, {
    broken: (model, actor, token) => {
      const permissions = permissionsOf(model, actor, chosen);
      const memberId = memberIdOf(actor);
      return [
        ...mayManage(model, actor, 'changePermissions', token),
        ...because(token.kind === 'service', 'PERMISSIONS_FROZEN'),
        ...because(token.state === 'revoked', 'TOKEN_REVOKED'),
        // As if one like this were issued, but that nobody's expiry is asked about.
        ...mayIssue(model, actor, { kind: 'personal', permissions, expiresAt: null }).filter(
          (code) => code !== 'EXPIRY_AFTER_PARENT',
        ),
        ...because(memberId === null, 'NOT_FOUND'),
      ];
    },
    call: (as, { tokenId }, _, model, actor) =>
      as.tokens.changePermissions({
        tokenId,
        permissions: inputOf(dialectOf(model, actor), permissionsOf(model, actor, chosen)),
      }),
    done: (model, token, _, actor) => {
      token.permissions = permissionsOf(model, actor, chosen);
    },
  });

const cutGracePeriod = (choice: OnToken): Step =>
  onToken('cut grace period', choice, {
    broken: (model, actor, token) => [...mayManage(model, actor, 'rotate', token), ...isNewest(actor, token)],
    call: (as, { tokenId }) => as.tokens.cutGracePeriod({ tokenId }),
    done: (_, token) => {
      for (const secret of token.secrets) if (secret.acceptedUntil !== null) secret.cut = true;
    },
  });

interface HandOver extends OnToken {
  readonly permissions: PermissionsChoice;
  readonly until: number | null;
}

const handOver = ({ permissions: chosen, until, ...choice }: HandOver): Step => {
  const given = (model: Model, actor: Actor) => frozen(model, actor, permissionsOf(model, actor, chosen));
  return onToken('hand over', choice, {
    broken: (model, actor, token) => [
      // Who may stop a token without seeing it may not hand it over.
      ...because(!sees(model, actor, token), 'NOT_FOUND'),
      ...because(token.kind !== 'personal', 'NOT_PERSONAL'),
      ...because(token.state === 'revoked', 'TOKEN_REVOKED'),
      ...mayIssue(model, actor, { kind: 'service', permissions: given(model, actor), expiresAt: null }),
      ...mayManage(model, actor, 'stop', token).filter((code) => code === 'NOT_FOUND' || until !== null),
      ...because(until !== null && until <= 0, 'EXPIRY_IN_PAST'),
    ],
    call: (as, { tokenId }, world, model, actor) =>
      as.tokens.handOver({
        tokenId,
        name: world.name(),
        permissions: inputOf(dialectOf(model, actor), permissionsOf(model, actor, chosen)),
        ...(until === null ? {} : { until: iso(model.now + until) }),
      }),
    done: (model, token, revealed, actor) => {
      remember(model, actor, { kind: 'service', permissions: given(model, actor), expiresAt: null }, revealed);
      if (until !== null) token.expiresAt = Math.min(token.expiresAt ?? Number.POSITIVE_INFINITY, model.now + until);
    },
  });
};

const about = { target: aTarget, who: anActor };
const issuing = { home: anOrganization, who: anIssuer, expiresIn: anExpiry };

export const issueSteps: readonly fc.Arbitrary<Step>[] = [
  fc.record({ ...issuing, permissions: personalPermissions }).map(issue('personal')),
  fc.record({ ...issuing, permissions: servicePermissions }).map(issue('service')),
];

/** Children of tokens that expire, and what they would need to outlive them. */
const childSteps: readonly fc.Arbitrary<Step>[] = [
  fc.record({ ...issuing, who: aManagingToken, permissions: personalPermissions }).map(issue('personal')),
  fc
    .record({
      target: aTarget.map((target) => ({ ...target, child: true })),
      who: anOwner,
      by: fc.constantFrom(HOUR, 24 * HOUR, null),
    })
    .map(extend),
];

/** Everything that is done to tokens that are there. */
export const tokenSteps: readonly fc.Arbitrary<Step>[] = [
  ...childSteps,
  fc.record(about).map(clone),
  fc
    .record({ ...about, graceMs: fc.constantFrom(0, 1, HOUR, 24 * HOUR), cutOlder: fc.boolean(), bySelf: fc.boolean() })
    .map(rotate),
  // By itself, with the secret before the newest: whoever has found that one.
  fc.record({ target: aTarget, which: fc.nat(500) }).map(({ target, which }) =>
    rotate({
      target,
      who: { who: 'itself', which: 2 * which, stale: false },
      graceMs: HOUR,
      cutOlder: true,
      bySelf: true,
    }),
  ),
  fc.record({ ...about, by: fc.constantFrom(-1, 0, 1, HOUR, 24 * HOUR, null) }).map(extend),
  fc.record({ target: aTarget, who: anOwner }).map(activate),
  fc.record({ target: aTarget, who: anOwner, by: fc.constantFrom(24 * HOUR, null) }).map(extend),
  fc
    .record({
      target: aTarget,
      who: anOwner,
      graceMs: fc.constantFrom(0, HOUR),
      cutOlder: fc.constant(true),
      bySelf: fc.constant(false),
    })
    .map(rotate),
  fc.record(about).map(deactivate),
  fc.record({ ...about, bySelf: fc.boolean() }).map(revoke),
  fc.record({ ...about, permissions: personalPermissions }).map(changePermissions),
  fc.record(about).map(cutGracePeriod),
  fc.record({ ...about, permissions: servicePermissions, until: fc.constantFrom(null, 0, 1, HOUR) }).map(handOver),
];
