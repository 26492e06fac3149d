import { LatchkeyError } from '@latchkey/core/errors';
import { type Directory, DirectoryRefusal } from '@latchkey/host';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { demand } from '../permissions/demand.ts';
import { guardOwnLayer } from '../permissions/guard-own-layer.ts';
import { refusalOfDirectory } from '../trpc/directory-refusal.ts';
import { type Acting, act } from './act.ts';

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
  taken: 'POLICY_NAME_TAKEN' | 'GROUP_NAME_TAKEN' | 'CONFLICT' = 'CONFLICT',
): Promise<T> => {
  const directory = requireDirectory(deps);
  try {
    return await act(deps, by, { directory: true }, async (acting) => {
      demand(acting.principal, acting.catalogue.management.administer);
      return guardOwnLayer(deps, acting, () => work({ ...acting, directory }));
    });
  } catch (error) {
    throw error instanceof DirectoryRefusal ? refusalOfDirectory(error, taken) : error;
  }
};
