/**
 * What may be allowed in a history, each a bit: parts of all requests that there are, none of which share one. A
 * permission set is a number, and whether one covers another is a matter of arithmetic. A dialect says what they mean.
 */
export const POWER = {
  toggleDev: 1,
  toggleProd: 2,
  deleteDev: 4,
  /** One that the catalogue withholds from service tokens. */
  withheld: 8,
  administer: 16,
  list: 32,
  /** What is done to tokens of one's own; to those of others; and to service tokens. */
  personal: 64,
  everyones: 128,
  service: 256,
  /** What the lesser and the greater of the host's roles have beside all that; of it, what is withheld. */
  lesser: 512,
  lesserWithheld: 1_024,
  greater: 2_048,
  greaterWithheld: 4_096,
  /** Actions on one's own tokens, and on service tokens, that manage none. */
  beside: 8_192,
  /** Everything else there is. */
  rest: 16_384,
} as const;
export type Power = keyof typeof POWER;
export type Powers = number;

/** No wildcard gives a token these (NO-SELF-HELP). */
export const MANAGING: Powers = POWER.list | POWER.personal | POWER.everyones | POWER.service;

/** What the statements of a history name; the rest comes with the host's own roles. */
export const NAMED = [
  'toggleDev',
  'toggleProd',
  'deleteDev',
  'withheld',
  'administer',
  'list',
  'personal',
  'service',
] as const;

/** A policy's text, or a token's own statements. */
export interface Text {
  readonly allow: Powers;
  readonly deny: Powers;
  /** Allowed too, but only by a wildcard among the actions. */
  readonly wildcard: Powers;
}

export const covered = (outer: Powers, inner: Powers): boolean => (inner & ~outer) === 0;

/** Denies aside. A token's wildcards give it no more than `wildcards`. */
export const allowsOf = (texts: readonly Text[], wildcards: Powers): Powers =>
  texts.reduce((sofar, { allow, wildcard }) => sofar | allow | (wildcard & wildcards), 0);

export const namesIn = (powers: Powers): readonly Power[] =>
  (Object.keys(POWER) as Power[]).filter((name) => (powers & POWER[name]) !== 0);

export const tellPowers = (powers: Powers): string => namesIn(powers).join('+') || 'nothing';
