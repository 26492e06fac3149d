import type { ParsedInput } from '@latchkey/contract';
import type { FrozenPermissions, FrozenSource, HostMember, Policy } from '@latchkey/core';
import { checkTokenLimits, readHostPolicies, serviceDenies, withDenies } from '@latchkey/core/policy';
import type { ApiDeps } from '../deps.ts';
import type { OwnScope } from '../permissions/own-layer.ts';
import { expand, refuseProject } from './expand.ts';
import { namedPolicies } from './named-policies.ts';
import { permissionsInvalid, refuseProblems } from './permission-problem.ts';
import { readStatements } from './read-statements.ts';

type PermissionsInput = NonNullable<ParsedInput<'tokens', 'issue'>['permissions']>;

/**
 * What a service token will be able to do for ever (FROZEN-SERVICE): copied now, with the issuer's role attributes, and
 * with denies for every action that the catalogue doesn't let service tokens have. At least one statement.
 */
export const frozenPermissions = async (
  deps: Pick<ApiDeps, 'host'>,
  scope: OwnScope & { readonly owner: HostMember },
  asked: PermissionsInput | undefined,
): Promise<FrozenPermissions> => {
  const { catalogue, owner: issuer } = scope;
  const { source, policies } = await asFrozen(deps, scope, asked);
  const statements = policies.flatMap((policy) => policy.statements);
  if (statements.length === 0) throw unfit('empty_list', 'A service token has at least one statement.');
  refuseProblems('permissions', checkTokenLimits(statements));
  return {
    type: 'frozen',
    dialect: catalogue.dialect,
    source,
    policies: withDenies(policies, serviceDenies(catalogue)),
    attributes: issuer.attributes,
  };
};

interface Copied {
  readonly source: FrozenSource;
  readonly policies: readonly Policy[];
}

const asFrozen = async (
  deps: Pick<ApiDeps, 'host'>,
  scope: OwnScope & { readonly owner: HostMember },
  asked: PermissionsInput | undefined,
): Promise<Copied> => {
  const { catalogue } = scope;
  switch (asked?.type) {
    case undefined:
      throw unfit('missing', 'Say what a service token shall be able to do.');
    case 'inherit':
      throw unfit('inherit', 'A service token inherits from nobody; choose an ability, policies or statements.');
    case 'ability': {
      const { ability, project } = asked;
      const source = { type: 'ability', ability, project: project ?? null } as const;
      if (ability !== 'full_access') {
        return { source, policies: [{ name: ability, statements: expand(ability, project, catalogue) }] };
      }
      refuseProject(project);
      return { source, policies: readHostPolicies(scope.owner.policies, catalogue.dialect).policies.map(copyOf) };
    }
    case 'policies': {
      const policies = await namedPolicies(deps, scope, [...new Set(asked.policyIds)]);
      const named = policies.map(({ id, name }) => ({ id: id ?? '', name }));
      return { source: { type: 'policies', policies: named }, policies: policies.map(copyOf) };
    }
    case 'statements': {
      const statements = readStatements(asked.statements, catalogue);
      return { source: { type: 'statements' }, policies: [{ name: 'statements', statements }] };
    }
  }
};

const copyOf = ({ id, name, statements }: Policy): Policy => ({
  ...(id === undefined ? {} : { id }),
  name,
  statements,
});

const unfit = (code: string, message: string) => permissionsInvalid('permissions', [{ path: '', code, message }]);
