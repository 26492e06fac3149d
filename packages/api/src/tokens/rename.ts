import type { Output, ParsedInput } from '@latchkey/contract';
import { nameKey } from '@latchkey/core/lifecycle';
import { actOnce } from '../acting/act-once.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { authorize } from './authorize.ts';
import { checkName } from './check-terms.ts';
import { requireEditable } from './require-editable.ts';
import { viewToken } from './view-tokens.ts';

/** Gives a token another name; the one that it has already is no change. */
export const renameToken = (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'tokens', 'rename'>,
): Promise<Output<'tokens', 'rename'>> => {
  const { tokenId, name, revision } = input;
  checkName(name);
  return actOnce(deps, by, { procedure: 'tokens.rename', input }, { target: tokenId }, async (acting) => {
    const { tx, now, organizationId } = acting;
    const { target } = authorize(acting, 'rename');
    requireEditable(target, revision);
    if (target.name === name) return viewToken(deps, organizationId, target, now, tx);
    const change = { name, nameKey: nameKey(name) };
    const renamed = await deps.store.tokens.update(tx, organizationId, tokenId, target.revision, change);
    // It stops nothing, so nobody waits; but whoever verifies tells services the name, out of memory too.
    await deps.store.feed.append(tx, [{ subject: 'token', organizationId, id: tokenId }]);
    await acting.audit({
      action: 'token.renamed',
      target: { type: 'token', id: tokenId },
      details: { from: target.name, to: name },
    });
    return viewToken(deps, organizationId, renamed, now, tx);
  });
};
