import type { ActionPattern } from '../statement.ts';
import { type Demand, NO_RANK, type Sealed } from './sealed.ts';

/**
 * The one search that is going on. Kept outside of it because a decision allocates nothing; a search calls nobody's code,
 * so there is never a second one.
 */
export const current = {
  sealed: null as Sealed | null,
  words: new Int32Array(0) as Int32Array,
  characters: new Uint16Array(0) as Uint16Array,
  runs: [] as readonly string[],
  demands: [] as readonly Demand[],
  actions: [] as readonly ActionPattern[],
  action: '',
  /** Allows before this one are passed over. */
  from: 0,
  /** The first allow that was found, or where the ranks end that are looked for; only those before it are of interest. */
  allow: NO_RANK,
  /** How many allows may match that come before it. */
  earlier: 0,
  denyFrom: 0,
  /** The first deny likewise. */
  deny: NO_RANK,
};

export const beginSearch = (sealed: Sealed, action: string): void => {
  current.action = action;
  if (current.sealed === sealed) return;
  current.sealed = sealed;
  current.words = sealed.words;
  current.characters = sealed.characters;
  current.runs = sealed.runs;
  current.demands = sealed.demands;
  current.actions = sealed.actions;
};

/** Sets which statements, by rank, are looked for. */
export const limitSearch = (from: number, to: number, denyFrom: number, denyTo: number): void => {
  current.from = from;
  current.allow = to;
  current.denyFrom = denyFrom;
  current.deny = denyTo;
};

/** Whether a statement, by its word, is one that is looked for and before what was found so far. */
export const isOfInterest = (word: number): boolean => {
  const { from, allow, denyFrom, deny } = current;
  const rank = word >> 1;
  return (word & 1) === 0 ? rank < allow && rank >= from : rank < deny && rank >= denyFrom;
};

export const take = (word: number): void => {
  if ((word & 1) === 0) current.allow = word >> 1;
  else current.deny = word >> 1;
};
