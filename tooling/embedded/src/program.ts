import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of the programs that the PATH has, as an absolute path. */
export const findProgram = (names: readonly string[], path = process.env['PATH'] ?? ''): string | undefined => {
  for (const name of names) {
    for (const folder of path.split(delimiter).filter((entry) => entry !== '')) {
      const candidate = join(folder, name);
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        // Not here: the next folder.
      }
    }
  }
  return undefined;
};
