import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity, stopProcess } from '@latchkey/bootstrap/process';
import { stopSteps } from './program.ts';

/**
 * Stops what a killed start left running in this folder, and gives the names. The start time in each file keeps us from stopping
 * somebody else who has got the process id since.
 */
export const stopLeftovers = async (folder: string): Promise<readonly string[]> => {
  const processes = join(folder, 'processes');
  if (!existsSync(processes)) return [];
  const names = readdirSync(processes).filter((name) => name.endsWith('.json'));
  const stopped = await Promise.all(
    names.map(async (name) => {
      const file = join(processes, name);
      const identity = readIdentity(file);
      const alive = identity !== undefined && isAlive(identity);
      if (alive) await stopProcess(identity, stopSteps);
      rmSync(file, { force: true });
      return alive ? [name.replace(/\.json$/, '')] : [];
    }),
  );
  return stopped.flat();
};

const readIdentity = (file: string): ProcessIdentity | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
};
