import type { PermissionCatalogue } from '../policy/catalogue.ts';
import { compilePermissions } from '../policy/compile.ts';
import { covers } from '../policy/covers/covers.ts';
import { decide } from '../policy/decide.ts';
import type { PermissionSet } from '../policy/permission-set.ts';
import type { Policy, RoleAttributes, Statement } from '../policy/policy.ts';
import { type Generalization, suggestPermissions } from '../policy/suggest.ts';
import { checkTokenLimits } from '../policy/token-limits.ts';
import { COUNTED, type DecisionCount } from './count-decisions.ts';
import { ANY_RESOURCE, siblingsOf } from './counted-resource.ts';
import { type Replay, replay } from './replay.ts';

/** One request, or several that were counted together. */
export type CountedRequest = Omit<DecisionCount, 'organizationId' | 'tokenId'>;

export interface RightSizing {
  /** Narrower than what the token may do now, or equal to it; none where nothing was counted. */
  readonly statements: readonly Statement[];
  readonly permissions: PermissionSet;
  /** At least as general as asked for: more so where a token's limits would not hold what was used. */
  readonly generality: Generalization;
  readonly replay: Replay;
}

export interface RightSizingOptions {
  readonly catalogue: PermissionCatalogue;
  /** What the token may do now, all layers together: nothing beyond it is proposed. */
  readonly present: PermissionSet;
  /** What stands in these is kept for an action whose resources are not known one by one. */
  readonly policies: readonly Policy[];
  /** Those that the proposal will be read with. */
  readonly attributes: RoleAttributes;
  readonly generality: Generalization;
}

const GENERALITIES = ['exact', 'last_key', 'every_key'] as const satisfies readonly Generalization[];

/**
 * Proposes the narrowest statements that still allow what was counted, and says what the counted decisions would have
 * been by them. What was counted together is kept as a whole: by its pattern where the token may do all of it, else by the
 * present statements for its action. Never beyond `present`: each statement is proved by `covers`.
 */
export const rightSize = (counted: readonly CountedRequest[], options: RightSizingOptions): RightSizing => {
  const { present, catalogue, generality } = options;
  const requests = foldRarest(counted.filter(({ allowedCount }) => allowedCount > 0));
  // What it may no longer do anyway needs no statement.
  const used = requests.filter((request) => request.folded || decide(present, request).effect === 'allow');
  for (const level of GENERALITIES.slice(GENERALITIES.indexOf(generality))) {
    const statements = propose(used, level, options);
    if (level !== 'every_key' && checkTokenLimits(statements).length > 0) continue;
    const permissions = compile(statements, options);
    return {
      statements,
      permissions,
      generality: level,
      replay: replay(requests, { present, permissions, catalogue }),
    };
  }
  throw new TypeError(`no such generality: ${generality}`);
};

const propose = (
  used: readonly CountedRequest[],
  generalize: Generalization,
  options: RightSizingOptions,
): readonly Statement[] => {
  const { catalogue, present } = options;
  // A pattern that is put as a name is suggested as that pattern, where the token may do all of it.
  const suggested = suggestPermissions(
    used.filter(({ action }) => action !== ANY_ACTION),
    catalogue,
    present,
    { generalize },
  );
  const { uncertain } = replay(used, { present, permissions: compile(suggested, options), catalogue });
  const actions = [...new Set(uncertain.map(({ action }) => action))].filter((action) => action !== ANY_ACTION);
  const kept = actions.flatMap((action) => presentStatements(action, options));
  return [...suggested, ...kept];
};

/** The statements that allow an action now, for this action alone; none of an action that the host doesn't have. */
const presentStatements = (action: string, options: RightSizingOptions): readonly Statement[] => {
  const { catalogue } = options;
  const having = catalogue.resourceTypes.find(({ actions }) => actions.some(({ name }) => name === action));
  if (having === undefined) return [];
  const found = new Map<string, Statement>();
  for (const { effect, actions, notActions, resources, notResources, resourceType } of options.policies.flatMap(
    ({ statements }) => statements,
  )) {
    if (effect !== 'allow') continue;
    const lists = { ...(resources && { resources }), ...(notResources && { notResources }) };
    const type = catalogue.dialect === 'featbit' ? { resourceType: resourceType ?? having.type } : {};
    const whole: Statement = {
      ...type,
      effect,
      ...(actions && { actions }),
      ...(notActions && { notActions }),
      ...lists,
    };
    const narrowed: Statement = { ...type, effect, actions: [action], ...lists };
    const permissions = compile([narrowed], options);
    if (covers(compile([whole], options), permissions).covered !== true) continue;
    if (covers(options.present, permissions).covered !== true) continue;
    found.set(JSON.stringify(narrowed), narrowed);
  }
  return [...found.values()];
};

const compile = (statements: readonly Statement[], { catalogue, attributes }: RightSizingOptions): PermissionSet =>
  compilePermissions([{ name: 'suggested', statements }], { dialect: catalogue.dialect, attributes });

/** BOUNDED-WORK: as many requests are looked at one by one as one day keeps apart; the rarest are looked at together. */
const foldRarest = (counted: readonly CountedRequest[]): readonly CountedRequest[] => {
  const often = [...counted].sort((a, b) => b.allowedCount - a.allowedCount);
  const apart = often.filter(({ folded }) => !folded).slice(0, COUNTED.requests);
  const rest = often.filter(({ folded }) => !folded).slice(COUNTED.requests);
  const together = new Map<string, CountedRequest>();
  const fold = (request: CountedRequest, pattern: string) => {
    const { action, allowedCount, deniedCount } = request;
    const room = together.size < COUNTED.patterns + COUNTED.actions;
    const key = [action, pattern].join(' ');
    const [to, resource] = together.has(key) || room ? [action, pattern] : [ANY_ACTION, ANY_RESOURCE];
    const before = together.get([to, resource].join(' '));
    together.set([to, resource].join(' '), {
      ...{ action: to, resource, folded: true },
      allowedCount: (before?.allowedCount ?? 0) + allowedCount,
      deniedCount: (before?.deniedCount ?? 0) + deniedCount,
    });
  };
  for (const request of often.filter(({ folded }) => folded)) fold(request, request.resource);
  for (const request of rest) fold(request, siblingsOf(request.resource));
  return [...apart, ...together.values()];
};

const ANY_ACTION = '*';
