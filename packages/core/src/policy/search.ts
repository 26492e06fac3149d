import { type Decision, NO_ALLOW } from './decision.ts';
import type { Program } from './program.ts';
import { matchesAction } from './statement.ts';
import { beginSearch, current, isOfInterest, limitSearch, take } from './trie/current-search.ts';
import { loadedName } from './trie/loaded-name.ts';
import { NO_RANK } from './trie/sealed.ts';
import { anyIn, searchRoots } from './trie/walk.ts';

/** What a program has that lists the action by its name (0: nothing); `null` where nothing in it speaks of the action. */
export const namedIn = ({ byAction, open, excluding }: Program, action: string): number | null => {
  const roots = byAction.get(action);
  return roots ?? (open === 0 && excluding.length === 0 ? null : 0);
};

/**
 * Decides for the loaded name; `named` as `namedIn` has it. One walk finds both the first allow and the first deny wherever
 * there is one group.
 */
export const run = (program: Program, action: string, named: number): Decision => {
  const { allowing, denying, groups, ends, denyEnds } = program;
  let denied: Decision | null = null;
  let from = 0;
  let group = 0;
  beginSearch(program.sealed, action);
  // One group is what a featbit set is.
  if (ends.length === 1) {
    const denyEnd = denyEnds[0] as number;
    limitSearch(0, NO_RANK, 0, denyEnd);
    search(program, action, named, false, false);
    const { allow, deny } = current;
    if (allow === NO_RANK) return NO_ALLOW;
    return (deny === denyEnd ? allowing[allow] : denying[deny]) as Decision;
  }
  for (;;) {
    const denyEnd = denyEnds[group] as number;
    limitSearch(from, NO_RANK, group === 0 ? 0 : (denyEnds[group - 1] as number), denyEnd);
    search(program, action, named, false, true);
    const { allow } = current;
    if (allow === NO_RANK) return denied ?? NO_ALLOW;
    let { deny } = current;
    let end = denyEnd;
    if (groups[allow] !== group) {
      group = groups[allow] as number;
      end = denyEnds[group] as number;
      limitSearch(0, 0, denyEnds[group - 1] as number, end);
      search(program, action, named, true, false);
      deny = current.deny;
    }
    if (deny === end) return allowing[allow] as Decision;
    denied ??= denying[deny] as Decision;
    from = ends[group] as number;
    group += 1;
    if (group === ends.length) return denied;
  }
};

/** `always`: whether denies are looked for even where there is no allow. `first`: whether which allow it is decides more. */
const search = (program: Program, action: string, named: number, always: boolean, first: boolean): void => {
  const { open, excluding } = program;
  searchRoots(named, open, always || excluding.length > 0, first);
  if (excluding.length > 0 && loadedName.ensureSplit()) searchExcluding(program, action);
};

/** `notResources`: a statement matches unless one of its patterns does. */
const searchExcluding = ({ excluding }: Program, action: string): void => {
  for (const { word, actions, roots } of excluding) {
    if (isOfInterest(word) && matchesAction(actions, action) && (roots === 0 || !anyIn(roots))) take(word);
  }
};
