// For tests of whoever checks histories: a verifier with a rule taken away has to be caught. Only the sources of this
// repository reach this file; what is published has no path to it.
export { createCache } from './cache.ts';
export { RULES, type Rules } from './rules.ts';
export { createTrust } from './trust.ts';
export { createUses } from './uses.ts';
export { createVerifierWith } from './verifier.ts';
