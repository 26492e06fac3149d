import type { Group } from './permission-set.ts';
import { buildTrie } from './trie/build.ts';
import type { Trie } from './trie/trie.ts';

/** What `decide` runs: one trie of all groups' allows, and for each group that has any, one of its denies. */
export interface Program {
  readonly allows: Trie;
  readonly denies: readonly (Trie | null)[];
  /** For each group, the rank after that of its last allow. */
  readonly ends: readonly number[];
}

export const compileProgram = (groups: readonly Group[]): Program => {
  let end = 0;
  return Object.freeze({
    allows: buildTrie(groups.map(({ allows }) => allows.all)),
    denies: Object.freeze(groups.map(({ denies }) => (denies.all.length === 0 ? null : buildTrie([denies.all])))),
    ends: Object.freeze(
      groups.map(({ allows }) => {
        end += allows.all.length;
        return end;
      }),
    ),
  });
};
