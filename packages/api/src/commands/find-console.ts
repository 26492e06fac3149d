import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the console's pages may be, seen from this file: beside the package's own build, or built in the workspace. */
const CANDIDATES = ['../../console/', '../../../web/dist/'];

/** The folder of the pages that came with the server, or `null`. */
export const findConsole = (): string | null =>
  CANDIDATES.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((folder) =>
    existsSync(join(folder, 'index.html')),
  ) ?? null;
