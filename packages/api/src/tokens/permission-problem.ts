import { LatchkeyError } from '@latchkey/core/errors';
import type { PolicyProblem } from '@latchkey/core/policy';

/** `PERMISSIONS_INVALID` with problems whose paths begin at the call's input. */
export const permissionsInvalid = (
  prefix: string,
  problems: readonly { readonly path: string; readonly code: string; readonly message: string }[],
): LatchkeyError =>
  new LatchkeyError('PERMISSIONS_INVALID', {
    problems: problems.map(({ path, code, message }) => ({ path: join(prefix, path), code, message })),
  });

/** Throws where there is any. */
export const refuseProblems = (prefix: string, problems: readonly PolicyProblem[]): void => {
  if (problems.length > 0) throw permissionsInvalid(prefix, problems);
};

const join = (prefix: string, path: string): string =>
  path === '' || path.startsWith('[') || prefix === '' ? prefix + path : `${prefix}.${path}`;
