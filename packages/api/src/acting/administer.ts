import { LatchkeyError } from '@latchkey/core/errors';
import { type Directory, DirectoryRefusal } from '@latchkey/host';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { demand } from '../permissions/demand.ts';
import { guardOwnLayer } from '../permissions/guard-own-layer.ts';
import { refusalOfDirectory } from '../trpc/directory-refusal.ts';
import { type Acting, actAndStop, type Stopped } from './act.ts';

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
 * transaction, behind the lock that every such write takes. `taken` is what a taken name is called here.
 */
export const administer = async <T>(
  deps: ApiDeps,
  by: Caller,
  work: (acting: Administering) => Promise<T>,
  taken: TakenName = 'CONFLICT',
): Promise<T> => (await administerAndStop(deps, by, true, work, taken)).result;

/** The same for a command whose caller may choose not to wait until it has settled. */
export const administerAndStop = async <T>(
  deps: ApiDeps,
  by: Caller,
  wait: boolean,
  work: (acting: Administering) => Promise<T>,
  taken: TakenName = 'CONFLICT',
): Promise<Stopped<T>> => {
  const directory = requireDirectory(deps);
  try {
    return await actAndStop(deps, by, { directory: true, wait }, async (acting) => {
      demand(acting.principal, acting.catalogue.management.administer);
      return guardOwnLayer(deps, acting, () => work({ ...acting, directory }));
    });
  } catch (error) {
    throw error instanceof DirectoryRefusal ? refusalOfDirectory(error, taken) : error;
  }
};

type TakenName = 'POLICY_NAME_TAKEN' | 'GROUP_NAME_TAKEN' | 'CONFLICT';
