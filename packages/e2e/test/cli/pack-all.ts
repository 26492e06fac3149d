import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const packages = fileURLToPath(new URL('../../../', import.meta.url));

/** The packages that others install. */
export const PUBLISHED = ['core', 'contract', 'client', 'store', 'host', 'api', 'worker', 'cli'] as const;

/** Packs each of them as a release would, into `folder`; the tarballs by the packages' names. */
export const packAll = async (folder: string): Promise<Readonly<Record<string, string>>> => {
  const tarballs: Record<string, string> = {};
  for (const name of PUBLISHED) {
    const { stdout } = await run('pnpm', ['pack', '--json', '--pack-destination', folder], {
      cwd: join(packages, name),
    });
    tarballs[name] = (JSON.parse(stdout) as { filename: string }).filename;
  }
  return tarballs;
};
