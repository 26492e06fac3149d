import type { OutboxLag, Registry, RetentionFacts } from '@latchkey/store';
import { type Finding, fail, ok, spell, warn } from './finding.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Messages become jobs within seconds, and jobs are done within minutes, while a worker is there. */
export const judgeOutbox = (lags: readonly OutboxLag[]): Finding => {
  const oldest = Math.max(0, ...lags.map(({ waiting }) => waiting.oldestMs));
  const count = lags.reduce((sum, { waiting }) => sum + waiting.count, 0);
  const says = `${count} messages wait to become jobs, the oldest for ${spell(oldest)}`;
  if (oldest > 10 * MINUTE) return fail('outbox', `${says}: is a worker running, and can it reach its Redis?`);
  return oldest > MINUTE ? warn('outbox', `${says}: look at the worker.`) : ok('outbox', `${says}.`);
};

export const judgeJobs = (lags: readonly OutboxLag[]): Finding => {
  const late = lags.filter(({ unfinished }) => unfinished.oldestMs > 5 * MINUTE);
  const list = late.map(({ name, unfinished }) => `${name}: ${unfinished.count}, ${spell(unfinished.oldestMs)}`);
  if (late.some(({ unfinished }) => unfinished.oldestMs > 60 * MINUTE)) {
    return fail('jobs', `Handed over and not done for long (${list.join('; ')}): look at the worker's log.`);
  }
  return late.length > 0
    ? warn('jobs', `Handed over and not done yet (${list.join('; ')}).`)
    : ok('jobs', 'What was handed over is done within minutes.');
};

export const judgeDeadLetters = (lags: readonly OutboxLag[]): Finding => {
  const dead = lags.filter(({ deadCount }) => deadCount > 0).map(({ name, deadCount }) => `${name}: ${deadCount}`);
  return dead.length > 0
    ? warn('dead letters', `Given up (${dead.join(', ')}): see \`latchkey-worker dead-letters\`, and requeue them.`)
    : ok('dead letters', 'None.');
};

export const judgeSealing = ({ count, oldestMs }: { readonly count: number; readonly oldestMs: number }): Finding => {
  const says = `${count} audit events wait for their seal, the oldest for ${spell(oldestMs)}`;
  if (oldestMs > 60 * MINUTE) {
    return fail('sealing', `${says}: does a worker have LATCHKEY_AUDIT_KEYS or LATCHKEY_DATA_DIR?`);
  }
  return oldestMs > 5 * MINUTE
    ? warn('sealing', `${says}: a transaction that stays open holds it up, or no worker seals.`)
    : ok('sealing', `${says}.`);
};

/**
 * A month that begins without its partition stops nothing: the sealer makes the one that it needs. It shows that whoever makes
 * them ahead is away, and that one also drops what retention lets go of.
 */
export const judgePartitions = (
  months: readonly string[],
  { retentionDays, overdueMonths }: Pick<RetentionFacts, 'retentionDays' | 'overdueMonths'>,
  now: number,
): Finding => {
  const check = 'partitions';
  const current = `${new Date(now).toISOString().slice(0, 7)}-01`;
  const ahead = months.filter((month) => month > current).length;
  const behind = months.filter((month) => month < current).length;
  const says = `Partitions of the audit trail: ${behind} months behind, ${ahead} ahead`;
  const [overdue] = overdueMonths;
  const lateMs = overdue === undefined ? 0 : now - endOf(overdue) - (retentionDays ?? 0) * DAY;
  if (overdue !== undefined && lateMs > 2 * HOUR) {
    const kept = `${says}; ${overdueMonths.length} are kept longer than the ${retentionDays} days of retention, ${overdue.slice(0, 7)} for ${spell(lateMs)} now`;
    return lateMs > 7 * DAY
      ? fail(check, `${kept}: a month that can't be proved whole stays; look at the worker's log (keep-partitions).`)
      : warn(check, `${kept}: does a worker with the audit keys run?`);
  }
  if (!months.includes(current)) {
    return warn(check, `${says}, and none for this month: the sealer makes it, but does a worker run?`);
  }
  return ahead === 0 ? warn(check, `${says}: does a worker make them?`) : ok(check, `${says}.`);
};

/** The first moment after a month, which is given as its first day in UTC. */
const endOf = (month: string): number => {
  const first = new Date(month);
  return first.setUTCMonth(first.getUTCMonth() + 1);
};

/** DEAD-ON-RETURN: whoever doesn't poll is waited for, a whole lease long, by each stopping call. */
export const judgeVerifiers = ({ rows, incarnation, now }: Registry, leaseMs: number): Finding => {
  const check = 'verifiers';
  const ages = rows.map((row) => ({ ...row, age: Math.max(0, now - row.polledAt) }));
  const current = ages.filter((row) => row.incarnation === incarnation);
  if (current.length === 0) return warn(check, 'No server is registered: none serves, or it has just started.');
  const silent = current.filter(({ age }) => age > leaseMs);
  const oldest = Math.max(...current.map(({ age }) => age));
  const says = `${current.length} registered, the longest silent for ${spell(oldest)}`;
  const names = silent.map(({ name }) => name).join(', ');
  return silent.length > 0
    ? warn(check, `${says}: ${names} hold up every stopping call until the lease of ${spell(leaseMs)} is over.`)
    : ok(check, `${says}.`);
};

export const judgeRows = (
  broken: readonly { readonly name: string; readonly invariant: string; readonly count: number }[],
): Finding =>
  broken.length === 0
    ? ok('rows', 'No query that must return no row returns one.')
    : fail('rows', `Found what must never be: ${broken.map((each) => `${each.name} (${each.invariant})`).join('; ')}.`);
