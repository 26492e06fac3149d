import { type Decision, NO_ALLOW } from './decision.ts';
import type { Program } from './program.ts';
import { matchesAction } from './statement.ts';
import { NO_RANK } from './trie/sealed.ts';
import { anyIn, beginSearch, found, isOfInterest, limitSearch, searchRoots, take } from './trie/walk.ts';

/** What a program has that lists the action by its name (0: nothing); `null` where nothing in it speaks of the action. */
export const namedIn = ({ byAction, open, excluding }: Program, action: string): number | null => {
  const roots = byAction.get(action);
  return roots ?? (open === 0 && excluding.length === 0 ? null : 0);
};

/** Decides for the loaded name. One walk finds both the first allow and its group's first deny wherever there is one group. */
export const run = (program: Program, action: string, named: number): Decision => {
  const { allowing, denying, groups, ends, denyEnds } = program;
  let denied: Decision | null = null;
  let from = 0;
  let group = 0;
  for (;;) {
    search(program, action, named, from, NO_RANK, group);
    const { allow } = found;
    if (allow === NO_RANK) return denied ?? NO_ALLOW;
    if (groups[allow] !== group) {
      group = groups[allow] as number;
      search(program, action, named, 0, 0, group);
    }
    if (found.deny === denyEnds[group]) return allowing[allow] as Decision;
    denied ??= denying[found.deny] as Decision;
    from = ends[group] as number;
    group += 1;
    if (group === ends.length) return denied;
  }
};

/** The rank of the first allow, from `from` on, that matches the loaded name and the action; `null` for none. */
export const findAllow = (program: Program, action: string, from: number): number | null => {
  search(program, action, program.byAction.get(action) ?? 0, from, NO_RANK, null);
  return found.allow === NO_RANK ? null : found.allow;
};

/** For allows from `from` to `to`, and for the denies of a group. Both are exclusive of their ends, and left there where there is none. */
const search = (
  program: Program,
  action: string,
  named: number,
  from: number,
  to: number,
  group: number | null,
): void => {
  const { sealed, open, excluding, denyEnds } = program;
  beginSearch(sealed, action);
  if (group === null) limitSearch(from, to, 0, 0);
  else limitSearch(from, to, group === 0 ? 0 : (denyEnds[group - 1] as number), denyEnds[group] as number);
  if (named !== 0) searchRoots(named);
  if (open !== 0) searchRoots(open);
  if (excluding.length > 0) searchExcluding(program, action);
};

/** `notResources`: a statement matches unless one of its patterns does. */
const searchExcluding = ({ excluding }: Program, action: string): void => {
  for (const { word, actions, roots } of excluding) {
    if (isOfInterest(word) && matchesAction(actions, action) && (roots === 0 || !anyIn(roots))) take(word);
  }
};
