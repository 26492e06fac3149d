import type { Output, ParsedInput, SuggestionView } from '@latchkey/contract';
import type { HostMember, PermissionCatalogue, Statement } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { compilePermissions, covers, decide, intersect, type PermissionSet, type Steps } from '@latchkey/core/policy';
import { type CountedRequest, type RightSizing, rightSizeInSteps } from '@latchkey/core/usage';
import type { TokenRecord } from '@latchkey/store';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { OrganizationPrincipal } from '../principal.ts';
import { authorize } from '../tokens/authorize.ts';
import { requireEditable } from '../tokens/require-editable.ts';
import { iso, toStatementView } from '../tokens/token-view.ts';
import { differencesBetween } from './differences-view.ts';
import { layersOf, memberPolicies } from './effective-layers.ts';
import { inTurns } from './in-turns.ts';
import { mayReadPolicies } from './may-read-policies.ts';
import { ownPolicies } from './own-layer.ts';
import { together } from './together.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** BOUNDED-WORK: more than one day has, and far less than a year of them could. */
const MAX_ROWS = 5_000;
const SHOWN = 20;

/**
 * Narrower permissions for a token, from the decisions that were counted of it, and what those would have been by them.
 * For whoever may give the token other permissions: of a personal token its owner, of a service token, whose own never
 * change, whoever may issue another one like it. Stores nothing.
 */
export const suggestPermissionsFor = async (
  deps: ApiDeps,
  { principal }: Caller,
  { tokenId, days, generality }: ParsedInput<'permissions', 'suggest'>,
): Promise<Output<'permissions', 'suggest'>> => {
  const { organizationId } = principal;
  const catalogue = await deps.host.catalogue(organizationId);
  const target = await deps.store.tokens.find(organizationId, tokenId);
  if (target === null) throw new LatchkeyError('NOT_FOUND');
  authorize({ principal, catalogue, target }, target.kind === 'personal' ? 'changePermissions' : 'clone');
  requireEditable(target, undefined);

  const now = await deps.store.now();
  const used = await deps.store.usage.find(organizationId, tokenId, now - (days - 1) * DAY_MS, MAX_ROWS);
  const { present, seen, ...held } = await presentOf(deps, principal, catalogue, target);
  const sized = await inTurns(rightSizeInSteps(used.requests, { catalogue, present, generality, ...held }));
  const actions = await inTurns(actionsOf(catalogue, present, sized.statements, used.requests));
  const differences = differencesBetween(present, sized.permissions, catalogue, BUDGET);
  return {
    ...{ tokenId, kind: target.kind, revision: target.revision, days },
    since: used.since === null ? null : iso(used.since),
    deniedCount: used.requests.reduce((sum, { deniedCount }) => sum + deniedCount, 0),
    generality: sized.generality,
    statements: sized.statements.map(toStatementView),
    narrower: used.since !== null && (differences.lostCount > 0 || !differences.complete),
    replay: toReplayView(sized, used.requests),
    actions,
    // NO-SELF-HELP: a difference names the statement that makes it, which may be the owner's.
    differences: seen ? differences : null,
  };
};

/** What the token may do now, and which statements the proposal may repeat. */
const presentOf = async (
  deps: ApiDeps,
  principal: OrganizationPrincipal,
  catalogue: PermissionCatalogue,
  target: TokenRecord,
) => {
  const { organizationId, kind, ownerId, permissions } = target;
  const owner: HostMember | null = ownerId === null ? null : await deps.host.findMember(organizationId, ownerId);
  const own = await ownPolicies(deps, { organizationId, catalogue, owner }, permissions);
  const seen = kind === 'service' || mayReadPolicies(principal, catalogue, owner);
  const owners = owner === null || !seen ? [] : memberPolicies(deps, catalogue, owner).policies;
  return {
    present: together(await layersOf(deps, { catalogue }, target, owner), catalogue),
    seen,
    policies: [...own.policies, ...owners],
    // Of a service token's own: another one gets its issuer's, and what depends on them is not repeated.
    attributes: kind === 'service' ? {} : own.attributes,
  };
};

const toReplayView = ({ replay }: RightSizing, counted: readonly CountedRequest[]): SuggestionView['replay'] => {
  const { decisionCount, refusedCount, uncertainCount, refusedAlreadyCount } = replay;
  return {
    ...{ decisionCount, refusedCount, uncertainCount, refusedAlreadyCount },
    refused: replay.refused.slice(0, SHOWN).map(toRequestView),
    uncertain: replay.uncertain.slice(0, SHOWN).map(toRequestView),
    exact: counted.every(({ folded, allowedCount }) => !folded || allowedCount === 0),
  };
};

const toRequestView = ({ action, resource, folded, allowedCount }: CountedRequest) => ({
  ...{ action, resource, folded },
  decisionCount: allowedCount,
});

/** Of one comparison. An action whose question takes longer counts as allowed: it is shown, and nothing else. */
const BUDGET = 2_000;

/** What the token could have used, and did: a question for each action of the catalogue. */
function* actionsOf(
  catalogue: PermissionCatalogue,
  present: PermissionSet,
  proposed: readonly Statement[],
  counted: readonly CountedRequest[],
): Steps<SuggestionView['actions']> {
  const nothing = compilePermissions([], catalogue);
  const isAllowed = (action: string, resource: string): boolean => {
    const request = { action, resource };
    // What may be done to all of them needs no question: the pattern itself is a name, too.
    if (decide(present, request).effect === 'allow') return true;
    const statements = [{ effect: 'allow', actions: [action], resources: [resource] }] as const;
    const asked = compilePermissions([{ name: 'asked', statements }], catalogue);
    return covers(nothing, intersect(present, asked), { budget: BUDGET }).covered !== true;
  };
  const usedCount = new Map<string, number>();
  for (const { action, allowedCount } of counted) usedCount.set(action, (usedCount.get(action) ?? 0) + allowedCount);
  const shown: SuggestionView['actions'] = [];
  for (const { type, resource, actions } of catalogue.resourceTypes) {
    for (const { name } of actions) {
      yield;
      if (!isAllowed(name, resource)) continue;
      // A proposal names its actions, without wildcards.
      const kept = proposed.some(
        ({ actions: named, resourceType = type }) => resourceType === type && named?.includes(name),
      );
      shown.push({ action: name, resourceType: type, decisionCount: usedCount.get(name) ?? 0, kept });
    }
  }
  return shown;
}
