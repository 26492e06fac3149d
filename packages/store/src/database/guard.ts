import type { TriggerDef } from '@mikro-orm/core';

/**
 * A trigger that refuses an UPDATE (or INSERT) where one of `refused` holds. Guards stand in the database because a constraint there also
 * holds for a migration, a console session and a bug: TERMINAL, FROZEN-SERVICE, DUMP-MINTS-NOTHING.
 * SQLSTATE 23514, as a CHECK would say it.
 */
export const guard = (
  name: string,
  refused: readonly string[],
  message: string,
  event: 'insert' | 'update' = 'update',
): TriggerDef => ({
  name,
  timing: 'before',
  events: [event],
  body: `if ${refused.join(' or ')} then raise exception '${message}' using errcode = 'check_violation'; end if; return new;`,
});
