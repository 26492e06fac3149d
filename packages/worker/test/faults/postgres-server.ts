import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@latchkey/embedded';
import { awaitUntil } from '../await-until.ts';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** A PostgreSQL that a test may restart and kill: its data stay, as on a disk, and so does its address. */
export const startPostgresServer = async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-fault-postgres-'));
  let running = await startPostgres({ dataDir });
  const { port, url } = running;
  const start = async () => {
    running = await startPostgres({ dataDir, port });
  };
  return {
    url,
    /** Fast shutdown: every session ends in the middle of what it was doing. */
    restart: async () => {
      await running.stop();
      await start();
    },
    /** NOTHING-LOST: the postmaster dies by -9, its sessions with it; the next start recovers from the write-ahead log. */
    killAndStart: async () => {
      const { pid } = running;
      process.kill(pid, 'SIGKILL');
      await awaitUntil('the postmaster is dead', () => !isAlive(pid));
      // Its children see it a moment later, and hold the memory that the next one wants until then.
      await awaitUntil(
        'it starts again',
        () =>
          start().then(
            () => true,
            () => false,
          ),
        60_000,
      );
    },
    stop: async () => {
      await running.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
