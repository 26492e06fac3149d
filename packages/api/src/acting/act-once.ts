import type { Change } from '@latchkey/store';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { type Acting, type ActOptions, actAndStop, type Stopped } from './act.ts';
import { claimKey, type Repeatable, scopeOf } from './claim-key.ts';

interface Kept<T> {
  readonly result: T;
  readonly changes: readonly Change[];
}

/**
 * Runs a command once for each idempotency key: who comes again with the same key and input gets the first answer, and
 * nothing is done twice. A stopping call writes its changes again, so that whoever asks again is told that they have
 * settled, too (DEAD-ON-RETURN). The answer is kept as JSON; one that reveals a secret goes through `revealOnce`.
 */
export const actOnce = async <T>(
  deps: ApiDeps,
  by: Caller,
  call: Repeatable,
  options: ActOptions,
  work: (acting: Acting) => Promise<T>,
): Promise<T> => (await actAndStopOnce(deps, by, call, { ...options, wait: true }, work)).result;

/** The same for a command whose caller may choose not to wait. Whether it does is no part of the input. */
export const actAndStopOnce = async <T>(
  deps: ApiDeps,
  by: Caller,
  call: Repeatable,
  options: ActOptions & { readonly wait: boolean },
  work: (acting: Acting) => Promise<T>,
): Promise<Stopped<T>> => {
  const scope = scopeOf(by, call);
  if (scope === null) return actAndStop(deps, by, options, work);
  let found: { readonly kept: unknown } | null = null;
  const before: ActOptions['before'] = async (tx) => {
    found = await claimKey(deps, tx, scope, call.input);
    return options.before?.(tx);
  };
  return actAndStop<T>(deps, by, { ...options, before }, async (acting) => {
    if (found !== null) {
      const { result, changes } = found.kept as Kept<T>;
      await acting.stops(...changes);
      return result;
    }
    const changes: Change[] = [];
    const stops: Acting['stops'] = (...more) => {
      changes.push(...more);
      return acting.stops(...more);
    };
    const stopped: Acting['stopped'] = (receipt, ...more) => {
      changes.push(...more);
      acting.stopped(receipt, ...more);
    };
    const result = await work({ ...acting, stops, stopped });
    await deps.store.idempotencyKeys.keep(acting.tx, scope, { result, changes } satisfies Kept<T>);
    return result;
  });
};
