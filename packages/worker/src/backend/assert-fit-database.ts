import type { ServerFacts } from '@latchkey/store';
import { UnfitBackend } from './job-backend.ts';

const oldestVersion = 150_000;

/** @throws UnfitBackend where waiting would not help: an older release, or a standby that takes no writes. */
export const assertFitDatabase = ({ version, inRecovery }: Pick<ServerFacts, 'version' | 'inRecovery'>): void => {
  if (version < oldestVersion) {
    throw new UnfitBackend(`DATABASE_URL: PostgreSQL 15 or newer is needed, this is ${Math.floor(version / 10_000)}.`);
  }
  if (inRecovery) throw new UnfitBackend('DATABASE_URL leads to a standby: the worker writes, and needs the primary.');
};
