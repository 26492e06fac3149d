import type { DifferencesView } from '@latchkey/contract';
import type { PermissionCatalogue } from '@latchkey/core';
import { type Difference, diffPermissions, type PermissionDiff, type PermissionSet } from '@latchkey/core/policy';
import { toStatementView } from '../tokens/token-view.ts';

/** Of each list; the counts say how many there are (BOUNDED-WORK). */
const SHOWN = 100;

/** What a change of permissions gives and takes, as its reader sees it. */
export const differencesBetween = (
  before: PermissionSet,
  after: PermissionSet,
  catalogue: PermissionCatalogue,
  budget?: number,
): DifferencesView => {
  const options = { actions: knownActions(catalogue), ...(budget !== undefined && { budget }) };
  return toDifferencesView(diffPermissions(before, after, options));
};

export const toDifferencesView = ({ gained, lost, complete }: PermissionDiff): DifferencesView => ({
  gained: gained.slice(0, SHOWN).map(toDifferenceView),
  gainedCount: gained.length,
  lost: lost.slice(0, SHOWN).map(toDifferenceView),
  lostCount: lost.length,
  complete,
});

/** A witness of a wildcard takes one of these: an action that people know says more than a name nobody has. */
export const knownActions = ({ resourceTypes }: PermissionCatalogue): readonly string[] =>
  resourceTypes.flatMap(({ actions }) => actions.map(({ name }) => name));

const toDifferenceView = ({ action, resource, by }: Difference): DifferencesView['gained'][number] => ({
  action,
  resource,
  by: {
    policy: { id: by.policyId ?? null, name: by.policy },
    number: by.statementIndex + 1,
    statement: toStatementView(by.statement),
  },
});
