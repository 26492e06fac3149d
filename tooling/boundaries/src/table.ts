/** What one package may do; the table of ARCHITECTURE in the README, made executable. */
export type PackageRule = {
  /** Workspace packages, whole or one entry of them, that its sources and its tests may import. */
  readonly imports: readonly string[];
  /** The same, for types alone: nothing of it is there at run time. */
  readonly typesOf?: readonly string[];
  /** No Node built-in in its sources: a browser runs them. */
  readonly browserSafe?: true;
  /** Nothing but arithmetic: no third-party package, no clock, no chance, no globals of a platform. */
  readonly pure?: true;
  /** Installed by others, from the registry. */
  readonly published?: true;
  /** The files that may read process.env. */
  readonly environment?: readonly string[];
};

export const packageTable: Readonly<Record<string, PackageRule>> = {
  '@latchkey/core': { imports: [], pure: true, browserSafe: true, published: true },
  '@latchkey/contract': { imports: ['@latchkey/core'], browserSafe: true, published: true },
  '@latchkey/store': { imports: ['@latchkey/core'], published: true },
  '@latchkey/host': { imports: ['@latchkey/core'], published: true },
  '@latchkey/api': {
    imports: ['@latchkey/core', '@latchkey/contract', '@latchkey/store', '@latchkey/host'],
    published: true,
    environment: ['src/env.ts'],
  },
  '@latchkey/worker': {
    imports: ['@latchkey/core', '@latchkey/store', '@latchkey/host'],
    published: true,
    environment: ['src/env.ts'],
  },
  '@latchkey/client': {
    imports: ['@latchkey/core', '@latchkey/contract'],
    typesOf: ['@latchkey/api'],
    browserSafe: true,
    published: true,
  },
  '@latchkey/web': {
    imports: ['@latchkey/core/policy', '@latchkey/contract', '@latchkey/client'],
    browserSafe: true,
  },
  '@latchkey/cli': {
    // Core's audit: an export is checked on the auditor's machine, without the installation that wrote it.
    imports: ['@latchkey/core/token', '@latchkey/core/audit', '@latchkey/contract', '@latchkey/client'],
    published: true,
    environment: ['src/config.ts'],
  },
  // Stands for a sibling service of somebody else: it sees what such a service installs, and the demo's projects by name.
  '@latchkey/example-service': {
    imports: ['@latchkey/client', '@latchkey/core', '@latchkey/host/demo-projects'],
    environment: ['src/main.ts'],
  },
  '@latchkey/e2e': {
    // Of the console its words: a test that clicks in three languages reads them where the console does.
    imports: [
      'core',
      'contract',
      'store',
      'host',
      'api',
      'worker',
      'client',
      'cli',
      'example-service',
      'web/messages',
    ].map((name) => `@latchkey/${name}`),
    environment: ['src', 'test'],
  },
};

/** Tooling imports no package, so that it can prepare, check and start them all. Benchmarks measure them: they have to. */
export const toolingImports: Readonly<Record<string, readonly string[]>> = {
  '@latchkey/bench': ['core', 'contract', 'store', 'host', 'api', 'client', 'embedded'].map(
    (name) => `@latchkey/${name}`,
  ),
};

/** Tests of every package may use these, and nobody else may. */
export const testTooling = ['@latchkey/embedded', '@latchkey/vitest-config', '@latchkey/tsconfig'];
