import { defineLatchkeyProject } from '@latchkey/vitest-config';

// Each mutant runs the tests that reach it: of `covers` those that end in seconds. What it answers is kept by covers-answers;
// that it is right is for the oracles, which are left out.
export default defineLatchkeyProject({
  include: ['test/policy/**/*.test.ts'],
  exclude: ['test/policy/covers.{attacks,determinism,oracle,property,z3}.test.ts', 'test/policy/bad-input.test.ts'],
  // What is changed is slower by far, and the machine is not always idle.
  testTimeout: 300_000,
});
