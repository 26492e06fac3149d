import type { ParsedInput } from '@latchkey/contract';
import type { HostMember, PersonalPermissions, Policy } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { type Coverage, compilePermissions, covers, readHostPolicies } from '@latchkey/core/policy';
import type { ApiDeps } from '../deps.ts';
import { type OwnScope, ownPolicies } from '../permissions/own-layer.ts';
import { expand, refuseProject } from './expand.ts';
import { namedPolicies } from './named-policies.ts';
import { readStatements } from './read-statements.ts';

type PermissionsInput = NonNullable<ParsedInput<'tokens', 'issue'>['permissions']>;

/** What somebody asked for, as a personal token stores it; `inherit` where nothing was said. */
export const personalPermissions = async (
  deps: Pick<ApiDeps, 'host'>,
  scope: OwnScope,
  asked: PermissionsInput = { type: 'inherit', manageTokens: false },
): Promise<PersonalPermissions> => {
  switch (asked.type) {
    case 'inherit':
      return asked;
    case 'ability': {
      const { ability, project } = asked;
      if (ability === 'full_access') {
        refuseProject(project);
        return { type: 'inherit', manageTokens: false };
      }
      const statements = expand(ability, project, scope.catalogue);
      return { type: 'ability', ability, project: project ?? null, statements };
    }
    case 'policies':
      await namedPolicies(deps, scope, asked.policyIds);
      return { type: 'policies', policyIds: [...new Set(asked.policyIds)] };
    case 'statements':
      return { type: 'statements', statements: readStatements(asked.statements, scope.catalogue) };
  }
};

/**
 * Refuses a personal token that asks for what its owner can't have. The owner's denies simply apply, at every decision;
 * so does everything else where this can't be decided.
 */
export const refuseBeyondOwner = async (
  deps: Pick<ApiDeps, 'host' | 'logger'>,
  scope: OwnScope & { readonly owner: HostMember },
  permissions: PersonalPermissions,
): Promise<void> => {
  const found = await coverageByOwner(deps, scope, permissions);
  if (found.covered !== false) return;
  throw new LatchkeyError('PERMISSIONS_NOT_COVERED', { counterexample: { ...found.counterexample } });
};

/** Whether the owner's allows, denies aside, cover the token's. */
export const coverageByOwner = async (
  deps: Pick<ApiDeps, 'host' | 'logger'>,
  scope: OwnScope & { readonly owner: HostMember },
  permissions: PersonalPermissions,
): Promise<Coverage> => {
  if (permissions.type === 'inherit') return { covered: true };
  const { owner, catalogue } = scope;
  const { dialect } = catalogue;
  const asked = await ownPolicies(deps, scope, permissions);
  const held = readHostPolicies(owner.policies, dialect).policies;
  const options = { dialect, attributes: owner.attributes };
  return covers(compilePermissions(allowsOf(held), options), compilePermissions(allowsOf(asked.policies), options));
};

const allowsOf = (policies: readonly Policy[]): readonly Policy[] =>
  policies.map((policy) => ({ ...policy, statements: policy.statements.filter(({ effect }) => effect === 'allow') }));
