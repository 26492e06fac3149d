import { defineConfig } from 'vitest/config';

/** The preset of every package: tests run on the sources of all workspace packages, so none needs a build first. */
export const defineLatchkeyProject = (test = {}) =>
  defineConfig({
    resolve: { conditions: ['@latchkey/source', 'import', 'module', 'default'] },
    ssr: { resolve: { conditions: ['@latchkey/source', 'import', 'module', 'node', 'default'] } },
    test: {
      include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'test/**/*.test.ts'],
      environment: 'node',
      testTimeout: 30_000,
      hookTimeout: 120_000,
      ...test,
    },
  });
