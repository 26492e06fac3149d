import type { PermissionCatalogue, Statement } from '@latchkey/core';
import { checkTokenLimits, findUnknownActions, parseStatements } from '@latchkey/core/policy';
import { permissionsInvalid, refuseProblems } from './permission-problem.ts';

/** Statements that a person wrote for a token, with every problem told at once (`PERMISSIONS_INVALID`). */
export const readStatements = (
  input: unknown,
  catalogue: PermissionCatalogue,
  path = 'permissions.statements',
): readonly Statement[] => {
  const parsed = parseStatements(input, catalogue.dialect);
  if (!parsed.ok) throw permissionsInvalid(path, parsed.problems);
  refuseProblems(path, [...findUnknownActions(parsed.value, catalogue), ...checkTokenLimits(parsed.value)]);
  return parsed.value;
};
