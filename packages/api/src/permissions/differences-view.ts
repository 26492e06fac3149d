import type { DifferencesView } from '@latchkey/contract';
import { type Difference, diffPermissions, type PermissionSet } from '@latchkey/core/policy';
import { toStatementView } from '../tokens/token-view.ts';

/** Of each list; the counts say how many there are (BOUNDED-WORK). */
const SHOWN = 100;

/** What a change of permissions gives and takes, as its reader sees it. */
export const differencesBetween = (before: PermissionSet, after: PermissionSet): DifferencesView => {
  const { gained, lost, complete } = diffPermissions(before, after);
  return {
    gained: gained.slice(0, SHOWN).map(toDifferenceView),
    gainedCount: gained.length,
    lost: lost.slice(0, SHOWN).map(toDifferenceView),
    lostCount: lost.length,
    complete,
  };
};

const toDifferenceView = ({ action, resource, by }: Difference): DifferencesView['gained'][number] => ({
  action,
  resource,
  by: {
    policy: { id: by.policyId ?? null, name: by.policy },
    number: by.statementIndex + 1,
    statement: toStatementView(by.statement),
  },
});
