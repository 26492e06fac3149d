import type { ServerFacts } from '@latchkey/store';
import { type Finding, fail, ok, spell, warn } from './finding.ts';

const OLDEST_POSTGRES = 150_000;
const OLDEST_NODE = [22, 17] as const;

export const judgeNode = (version: string): Finding => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return isOld
    ? fail('node', `Node ${version} is older than ${OLDEST_NODE.join('.')}: use a newer one.`)
    : ok('node', `Node ${version}.`);
};

export const judgeVersion = ({ version }: Pick<ServerFacts, 'version'>): Finding => {
  const major = Math.floor(version / 10_000);
  return version < OLDEST_POSTGRES
    ? fail('postgres version', `PostgreSQL ${major} is too old: 15 or newer is needed.`)
    : ok('postgres version', `PostgreSQL ${major}.`);
};

export const judgeMigrations = (pending: readonly string[], unknown: readonly string[]): Finding => {
  if (pending.length > 0) {
    return fail('migrations', `Run \`latchkey-server migrate\`: ${pending.join(', ')} have not run.`);
  }
  return unknown.length > 0
    ? warn('migrations', `A newer release was here (${unknown.join(', ')}): upgrade this one too.`)
    : ok('migrations', 'All of them have run.');
};

/** Least privilege: DUMP-MINTS-NOTHING and AUDIT-WITH-CAUSE rest on what this role may not do. */
export const judgeRole = ({ isSuperuser }: Pick<ServerFacts, 'isSuperuser'>): Finding =>
  isSuperuser
    ? warn('role', 'DATABASE_URL is a superuser’s: use the role latchkey_api, which `migrate` makes.')
    : ok('role', 'The role has no more rights than it was given.');

/** NOTHING-LOST and DEAD-ON-RETURN: what was acknowledged has to outlive the machine. */
export const judgeDurability = (
  facts: Pick<ServerFacts, 'synchronousCommit' | 'fsync' | 'fullPageWrites'>,
): Finding => {
  const check = 'synchronous_commit';
  if (!facts.fsync) return fail(check, 'fsync is off: a crash of the machine loses what was acknowledged. Set it on.');
  if (!facts.fullPageWrites) return fail(check, 'full_page_writes is off: a crash may leave broken pages. Set it on.');
  if (facts.synchronousCommit === 'off') {
    return fail(check, 'synchronous_commit is off: a crash may bring back a token that was revoked. Set it on.');
  }
  return facts.synchronousCommit === 'local'
    ? warn(check, 'synchronous_commit is local: a failover may lose stops that were acknowledged. Set it on.')
    : ok(check, `synchronous_commit is ${facts.synchronousCommit}.`);
};

export const judgeReplication = ({ inRecovery, standbys }: Pick<ServerFacts, 'inRecovery' | 'standbys'>): Finding => {
  const check = 'replication';
  if (inRecovery) return fail(check, 'DATABASE_URL leads to a standby: verifications and writes need the primary.');
  const count = (states: readonly string[]) =>
    standbys.filter(({ state }) => states.includes(state)).reduce((sum, each) => sum + each.count, 0);
  const sure = count(['sync', 'quorum']);
  const unsure = count(['async', 'potential', 'not told']);
  if (sure > 0) return ok(check, `The primary, with ${sure} synchronous and ${unsure} other standbys.`);
  return unsure > 0
    ? warn(check, `${unsure} standbys, none synchronous: a failover may lose stops that were acknowledged.`)
    : ok(check, 'The primary, without standbys.');
};

export const judgePooler = ({ statementTimeoutMs }: Pick<ServerFacts, 'statementTimeoutMs'>): Finding =>
  statementTimeoutMs === 0
    ? warn(
        'time-outs',
        'A pooler drops statement_timeout: ALTER ROLE latchkey_api SET statement_timeout = 5000, lock_timeout and idle_in_transaction_session_timeout likewise.',
      )
    : ok('time-outs', `A statement may take ${spell(statementTimeoutMs)}.`);

const CLOCK_WARN_MS = 1_000;
const CLOCK_FAIL_MS = 30_000;

/** `before` and `after` are this machine's clock around the question: what lies between is nobody's error. */
export const judgeClock = (databaseNow: number, before: number, after: number): Finding => {
  const off = databaseNow < before ? before - databaseNow : Math.max(0, databaseNow - after);
  const says = `This machine's clock and the database's are ${spell(off)} apart`;
  if (off > CLOCK_FAIL_MS) return fail('clock', `${says}: mend NTP on whichever is wrong.`);
  return off > CLOCK_WARN_MS ? warn('clock', `${says}: see to NTP.`) : ok('clock', `${says}.`);
};
