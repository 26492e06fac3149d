import type { PermissionCatalogue } from '../policy/catalogue.ts';
import { compilePermissions } from '../policy/compile.ts';
import { covers } from '../policy/covers/covers.ts';
import { decide } from '../policy/decide.ts';
import type { PermissionSet } from '../policy/permission-set.ts';
import type { Policy, RoleAttributes, Statement } from '../policy/policy.ts';
import type { Steps } from '../policy/steps.ts';
import { type Generalization, suggestInSteps } from '../policy/suggest.ts';
import { checkTokenLimits } from '../policy/token-limits.ts';
import { COUNTED, type DecisionCount } from './count-decisions.ts';
import { ANY_RESOURCE, siblingsOf } from './counted-resource.ts';
import { type Replay, replayInSteps } from './replay.ts';

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

/** BOUNDED-WORK: so many comparisons of one proposal, each within its budget, and so many that come to its end. */
const COMPARED = { most: 2_000, undecided: 20, budget: 2_000 } as const;

/** Says no where it can't tell, or has been asked enough: what isn't proved is not proposed, or counts as uncertain. */
const createComparing = () => {
  let [left, patience]: [number, number] = [COMPARED.most, COMPARED.undecided];
  return (outer: PermissionSet, inner: PermissionSet): boolean => {
    if (left === 0 || patience === 0) return false;
    left -= 1;
    const { covered } = covers(outer, inner, { budget: COMPARED.budget });
    if (covered === 'undecided') patience -= 1;
    return covered === true;
  };
};

interface Proposing extends RightSizingOptions {
  readonly isCovered: (outer: PermissionSet, inner: PermissionSet) => boolean;
}

/**
 * Proposes the narrowest statements that still allow what was counted, and says what the counted decisions would have
 * been by them. What was counted together is kept as a whole: by its pattern where the token may do all of it, else by the
 * present statements for its action. Never beyond `present`: each statement is proved by `covers`. In steps, for
 * whoever serves others meanwhile.
 */
export function* rightSizeInSteps(counted: readonly CountedRequest[], given: RightSizingOptions): Steps<RightSizing> {
  const options: Proposing = { ...given, isCovered: createComparing() };
  const { present, catalogue, generality, isCovered } = options;
  const requests = foldRarest(counted.filter(({ allowedCount }) => allowedCount > 0));
  // What it may no longer do anyway needs no statement.
  const used = requests.filter((request) => request.folded || decide(present, request).effect === 'allow');
  for (const level of GENERALITIES.slice(GENERALITIES.indexOf(generality))) {
    const statements = yield* propose(used, level, options);
    if (level !== 'every_key' && checkTokenLimits(statements).length > 0) continue;
    const permissions = compile(statements, options);
    return {
      statements,
      permissions,
      generality: level,
      replay: yield* replayInSteps(requests, { present, permissions, catalogue, isCovered }),
    };
  }
  throw new TypeError(`no such generality: ${generality}`);
}

function* propose(
  used: readonly CountedRequest[],
  generalize: Generalization,
  options: Proposing,
): Steps<readonly Statement[]> {
  const { catalogue, present, isCovered } = options;
  // A pattern that is put as a name is suggested as that pattern, where the token may do all of it.
  const suggested = yield* suggestInSteps(
    used.filter(({ action }) => action !== ANY_ACTION),
    catalogue,
    present,
    { generalize, isCovered },
  );
  const permissions = compile(suggested, options);
  const { uncertain } = yield* replayInSteps(used, { present, permissions, catalogue, isCovered });
  const actions = [...new Set(uncertain.map(({ action }) => action))].filter((action) => action !== ANY_ACTION);
  const kept: Statement[] = [];
  for (const action of actions) kept.push(...(yield* presentStatements(action, options)));
  return [...suggested, ...kept];
}

/** The statements that allow an action now, for this action alone; none of an action that the host doesn't have. */
function* presentStatements(action: string, options: Proposing): Steps<readonly Statement[]> {
  const { catalogue, isCovered } = options;
  const having = catalogue.resourceTypes.find(({ actions }) => actions.some(({ name }) => name === action));
  if (having === undefined) return [];
  const found = new Map<string, Statement>();
  for (const { effect, actions, notActions, resources, notResources, resourceType } of options.policies.flatMap(
    ({ statements }) => statements,
  )) {
    // Two comparisons for each that there is would be many, where a host has thousands.
    if (effect !== 'allow' || (actions !== undefined && !actions.some((one) => one === action || one.includes('*')))) {
      continue;
    }
    yield;
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
    if (!isCovered(compile([whole], options), permissions)) continue;
    yield;
    if (!isCovered(options.present, permissions)) continue;
    found.set(JSON.stringify(narrowed), narrowed);
  }
  return [...found.values()];
}

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
