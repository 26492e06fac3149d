import type { RedisAnswer } from './ask-redis.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** REDIS-OPTIONAL: no request needs it, so that one that is away is no failure of the server's. */
export const judgeRedis = (answers: readonly RedisAnswer[]): Finding => {
  const check = 'redis';
  if (answers.length === 0)
    return ok(check, 'REDIS_URL is not set here: jobs wait in PostgreSQL, or nobody told the server.');
  const away = answers.flatMap((answer) => (answer.reached ? [] : [answer.because]));
  if (away.length > 0) {
    return warn(
      check,
      `${away.length} of ${answers.length} can't be asked (${away.join(', ')}): jobs wait in the outbox.`,
    );
  }
  const reached = answers.flatMap((answer) => (answer.reached && !answer.isSentinel ? [answer] : []));
  const dropping = reached.filter(({ policy }) => policy !== null && policy !== 'noeviction');
  if (dropping.length > 0) {
    return fail(check, `It drops keys when it is full (${dropping[0]?.policy}): set maxmemory-policy to noeviction.`);
  }
  const isOld = (version: string) => {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return major < 6 || (major === 6 && minor < 2);
  };
  const old = reached.find(({ version }) => isOld(version));
  if (old !== undefined) return fail(check, `Redis ${old.version} is too old: 6.2 or newer is needed.`);
  return reached.length === 0
    ? warn(check, 'Only sentinels were asked: see to it yourself that their master has maxmemory-policy noeviction.')
    : ok(check, `Redis ${reached.map(({ version }) => version).join(', ')}, and none drops keys.`);
};
