import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where the console's pages may be, seen from this file: built in the workspace, or packed into the published package. In
 * this order: a copy that packing leaves here for a moment is nothing to serve.
 */
const CANDIDATES = ['../../../web/dist/', '../console/'];

/** The folder of the pages that came with the server, or `null`. */
export const findConsole = (): string | null =>
  CANDIDATES.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((folder) =>
    existsSync(join(folder, 'index.html')),
  ) ?? null;
