import { defineConfig } from 'vitest/config';

/** The preset of every package: tests run on the sources of all workspace packages, so none needs a build first. */
export const defineLatchkeyProject = (test = {}) =>
  defineConfig({
    // Only conditions that are true of `import` and `require` alike: vitest hands them to Node itself, where a forced 'import' would
    // give ES modules to `require` (pg then fails to load its pool).
    resolve: { conditions: ['@latchkey/source', 'node'] },
    ssr: { resolve: { conditions: ['@latchkey/source', 'node'] } },
    test: {
      include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'test/**/*.test.ts'],
      environment: 'node',
      testTimeout: 30_000,
      hookTimeout: 120_000,
      ...test,
    },
  });
