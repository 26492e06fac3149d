import type { ApiDeps } from '../deps.ts';
import type { ServerEnv } from '../env.ts';
import { LEASE_MS } from '../settling/lease.ts';
import { askRedis } from './ask-redis.ts';
import { type Finding, fail } from './finding.ts';
import { judgeKeys } from './judge-keys.ts';
import { judgeRedis } from './judge-redis.ts';
import {
  judgeClock,
  judgeDurability,
  judgeMigrations,
  judgeNode,
  judgePooler,
  judgeReplication,
  judgeRole,
  judgeVersion,
} from './judge-server.ts';
import {
  judgeDeadLetters,
  judgeJobs,
  judgeOutbox,
  judgePartitions,
  judgeRows,
  judgeSealing,
  judgeVerifiers,
} from './judge-work.ts';

/** What may be under way: GATE-FIRST gives the rows a minute. */
const PATIENCE_MS = 60_000;

type Deps = Pick<ApiDeps, 'store' | 'keys' | 'clock' | 'auditAuthority'>;

/** Asks everything, whatever fails: a question that can't be answered is a finding, and hides no other. */
export const examine = async (deps: Deps, env: Pick<ServerEnv, 'redisUrls'>): Promise<readonly Finding[]> => {
  const { store, keys, clock } = deps;
  const { diagnosis } = store;
  const findings: Finding[] = [judgeNode(process.version)];
  const ask = async (check: string, question: () => Promise<Finding | readonly Finding[]>): Promise<void> => {
    const found = await question().catch((error: Error) => fail(check, `It can't be asked: ${error.message}.`));
    findings.push(...[found].flat());
  };
  await ask('database', async () => {
    const before = clock.now();
    const facts = await diagnosis.server();
    return [
      judgeVersion(facts),
      judgeRole(facts),
      judgeClock(facts.now, before, clock.now()),
      judgeDurability(facts),
      judgeReplication(facts),
      judgePooler(facts),
    ];
  });
  // Without a database, or with another release's schema, each further question would fail for the same reason.
  if (findings.some(({ check }) => check === 'database')) return findings;
  const pending = await store.pendingMigrations();
  if (pending.length > 0) return [...findings, judgeMigrations(pending, [])];
  await ask('migrations', async () => judgeMigrations([], await diagnosis.unknownMigrations()));
  await ask('keys', async () => {
    const uses = await diagnosis.keyUse();
    const auditKeys = (await deps.auditAuthority?.keys()) ?? null;
    return [
      judgeKeys('pepper', keys.peppers, uses),
      judgeKeys('tag', keys.tagKeys, uses),
      judgeKeys('audit', auditKeys, uses),
    ];
  });
  await ask('redis', async () => judgeRedis(await Promise.all(env.redisUrls.map((url) => askRedis(url)))));
  await ask('outbox', async () => {
    const lags = await store.outbox.lagByName();
    return [judgeOutbox(lags), judgeJobs(lags), judgeDeadLetters(lags)];
  });
  await ask('verifiers', async () => judgeVerifiers(await store.feed.registry(), LEASE_MS));
  await ask('sealing', async () => judgeSealing(await diagnosis.unsealed()));
  await ask('partitions', async () =>
    judgePartitions(await diagnosis.partitionMonths(), await store.auditRetention.facts(), await store.now()),
  );
  await ask('rows', async () => judgeRows(await diagnosis.broken(PATIENCE_MS)));
  return findings;
};
