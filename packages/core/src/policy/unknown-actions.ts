import type { PermissionCatalogue } from './catalogue.ts';
import { globOfText, matchesGlob } from './glob.ts';
import type { Statement } from './policy.ts';
import type { PolicyProblem } from './problem.ts';

/**
 * Actions that mean nothing in this host: names that its catalogue doesn't have, wildcards that match none of them. For
 * what people write; a host's own policies may be ahead of the catalogue. Paths begin at the list of statements.
 */
export const findUnknownActions = (
  statements: readonly Statement[],
  catalogue: PermissionCatalogue,
): readonly PolicyProblem[] => {
  const known = new Set(catalogue.resourceTypes.flatMap(({ actions }) => actions.map(({ name }) => name)));
  const isKnown = (action: string) =>
    action === '*' ||
    known.has(action) ||
    (catalogue.dialect === 'launchdarkly' && action.includes('*') && matchesAny(action, known));
  return statements.flatMap((statement, i) =>
    (['actions', 'notActions'] as const).flatMap((list) =>
      (statement[list] ?? []).flatMap((action, j): PolicyProblem[] =>
        isKnown(action)
          ? []
          : [{ path: `[${i}].${list}[${j}]`, code: 'unknown_action', message: 'This host has no such action.' }],
      ),
    ),
  );
};

const matchesAny = (pattern: string, names: ReadonlySet<string>): boolean => {
  const glob = globOfText(pattern);
  return [...names].some((name) => matchesGlob(glob, name));
};
