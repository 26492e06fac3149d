import { LatchkeyError } from '@latchkey/core/errors';
import { type Directory, DirectoryRefusal } from '@latchkey/host';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { demand } from '../permissions/demand.ts';
import { guardOwnLayer } from '../permissions/guard-own-layer.ts';
import { refusalOfDirectory } from '../trpc/directory-refusal.ts';
import type { Acting, Stopped } from './act.ts';
import { actAndStopOnce } from './act-once.ts';
import type { Repeatable } from './claim-key.ts';

/** A command that writes to the directory. */
export interface Administering extends Acting {
  readonly directory: Directory;
}

/** The embedded directory; where a host owns members, groups and policies, its own console is the place. */
export const requireDirectory = ({ directory }: Pick<ApiDeps, 'directory'>): Directory => {
  if (directory === null) throw new LatchkeyError('HOST_OWNS_THIS');
  return directory;
};

/**
 * Runs a command that writes to the directory, by whoever may administer at this moment: asked once more in the
 * transaction, behind the lock that every such write takes. Once for each idempotency key of `call`; what `work` gives is
 * kept for that as JSON. `taken` is what a taken name is called here.
 */
export const administer = async <T>(
  deps: ApiDeps,
  by: Caller,
  call: Repeatable,
  work: (acting: Administering) => Promise<T>,
  taken: TakenName = 'CONFLICT',
): Promise<T> => (await administerAndStop(deps, by, { ...call, wait: true }, work, taken)).result;

/** The same for a command whose caller may choose not to wait until it has settled. Whether it does is no part of the input. */
export const administerAndStop = async <T>(
  deps: ApiDeps,
  by: Caller,
  { wait, ...call }: Repeatable & { readonly wait: boolean },
  work: (acting: Administering) => Promise<T>,
  taken: TakenName = 'CONFLICT',
): Promise<Stopped<T>> => {
  const directory = requireDirectory(deps);
  try {
    return await actAndStopOnce(deps, by, call, { directory: true, wait }, async (acting) => {
      demand(acting.principal, acting.catalogue.management.administer);
      return guardOwnLayer(deps, acting, () => work({ ...acting, directory }));
    });
  } catch (error) {
    throw error instanceof DirectoryRefusal ? refusalOfDirectory(error, taken) : error;
  }
};

type TakenName = 'POLICY_NAME_TAKEN' | 'GROUP_NAME_TAKEN' | 'CONFLICT';
