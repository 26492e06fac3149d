import type { PermissionCatalogue, Statement } from '@latchkey/core';
import { findUnknownActions, parseStatements } from '@latchkey/core/policy';
import { permissionsInvalid, refuseProblems } from '../tokens/permission-problem.ts';

/** A policy's statements as somebody wrote them, with every problem told at once (`PERMISSIONS_INVALID`). */
export const readPolicyStatements = (
  input: unknown,
  catalogue: PermissionCatalogue,
  field = 'statements',
): readonly Statement[] => {
  const parsed = parseStatements(input, catalogue.dialect);
  if (!parsed.ok) throw permissionsInvalid(field, parsed.problems);
  refuseProblems(field, findUnknownActions(parsed.value, catalogue));
  return parsed.value;
};
