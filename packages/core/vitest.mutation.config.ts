import { defineLatchkeyProject } from '@latchkey/vitest-config';

// Each mutant runs the tests that reach it: of `covers` those that end in seconds.
export default defineLatchkeyProject({
  include: ['test/policy/**/*.test.ts'],
  exclude: ['test/policy/covers.*.test.ts', 'test/policy/bad-input.test.ts'],
});
