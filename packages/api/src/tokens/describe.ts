import type { Output, ParsedInput } from '@latchkey/contract';
import { actOnce } from '../acting/act-once.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { authorize } from './authorize.ts';
import { requireEditable } from './require-editable.ts';
import { viewToken } from './view-tokens.ts';

/** Gives a token another description, or none; the one that it has already is no change. */
export const describeToken = (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'tokens', 'describe'>,
): Promise<Output<'tokens', 'describe'>> => {
  const { tokenId, description, revision } = input;
  return actOnce(deps, by, { procedure: 'tokens.describe', input }, { target: tokenId }, async (acting) => {
    const { tx, now, organizationId } = acting;
    const { target } = authorize(acting, 'describe');
    requireEditable(target, revision);
    if (target.description === description) return viewToken(deps, organizationId, target, now, tx);
    const described = await deps.store.tokens.update(tx, organizationId, tokenId, target.revision, { description });
    await acting.audit({ action: 'token.described', target: { type: 'token', id: tokenId } });
    return viewToken(deps, organizationId, described, now, tx);
  });
};
