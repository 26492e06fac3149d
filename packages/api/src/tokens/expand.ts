import type { PermissionCatalogue, Statement } from '@latchkey/core';
import { type ExpandableAbility, expandAbility, InvalidResourceName } from '@latchkey/core/policy';
import { permissionsInvalid } from './permission-problem.ts';

/** A preset's statements over the chosen project or all; refused where there would be none. */
export const expand = (
  ability: ExpandableAbility,
  project: string | undefined,
  catalogue: PermissionCatalogue,
): readonly Statement[] => {
  const statements = expandOrRefuse(ability, project, catalogue);
  if (statements.length === 0) {
    const message = 'This ability allows nothing here.';
    throw permissionsInvalid('permissions.ability', [{ path: '', code: 'empty_list', message }]);
  }
  return statements;
};

const expandOrRefuse = (
  ability: ExpandableAbility,
  project: string | undefined,
  catalogue: PermissionCatalogue,
): readonly Statement[] => {
  try {
    return expandAbility(ability, catalogue, project === undefined ? {} : { project });
  } catch (error) {
    if (!(error instanceof InvalidResourceName)) throw error;
    const message = 'This is no key of a project.';
    throw permissionsInvalid('permissions.project', [{ path: '', code: 'not_text', message }]);
  }
};

/** Full access is whatever its owner or issuer may do: it can't be narrowed to a project. */
export const refuseProject = (project: string | undefined): void => {
  if (project === undefined) return;
  const message = 'Full access is not limited to a project; choose another ability, or none.';
  throw permissionsInvalid('permissions.project', [{ path: '', code: 'unknown_key', message }]);
};
