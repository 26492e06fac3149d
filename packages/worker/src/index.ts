export { openSealer } from './audit/open-sealer.ts';
export type { SealerOptions } from './audit/seal-and-anchor.ts';
export { type JobBackend, JobsUnavailable, UnfitBackend } from './backend/job-backend.ts';
export { createPostgresJobs, type PostgresJobsOptions } from './backend/postgres-engine.ts';
export { createRedisJobs, type RedisJobsOptions } from './backend/redis-engine.ts';
export type { RedisTopology } from './backend/redis-topology.ts';
export { createLogger } from './log/create-logger.ts';
export { createWorkers, type WakeUps, type Workers, type WorkersDeps, type WorkersHealth } from './workers.ts';
