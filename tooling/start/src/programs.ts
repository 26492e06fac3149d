import { join } from 'node:path';

/** The built programs that a start runs, as files. */
export type Programs = { readonly server: string; readonly worker: string; readonly exampleService: string };

export const builtPrograms = (root: string): Programs => ({
  server: join(root, 'packages', 'api', 'dist', 'bin.js'),
  worker: join(root, 'packages', 'worker', 'dist', 'bin.js'),
  exampleService: join(root, 'packages', 'e2e', 'example-service', 'dist', 'main.js'),
});
