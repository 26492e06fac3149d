import { LatchkeyError } from '@latchkey/core/errors';
import type { Caller, OperatorCaller, VerifierCaller } from '../caller.ts';
import type { ApiContext } from '../context.ts';
import { requireAdminister } from '../permissions/require-administer.ts';
import type { OrganizationPrincipal } from '../principal.ts';
import type { Requirement } from '../requirement.ts';

/** Who a procedure's command is run for. A public one learns who it may be, and is refused to nobody. */
export type CallerFor<R extends Requirement> = R extends { readonly type: 'public' }
  ? null
  : R extends { readonly type: 'verifier' }
    ? VerifierCaller
    : R extends { readonly type: 'operator' }
      ? OperatorCaller
      : Caller;

/** DEFAULT-DENY: whoever doesn't meet the requirement gets no further, and its input is not even read. */
export const judge = async (
  ctx: ApiContext,
  requirement: Requirement,
): Promise<Caller | VerifierCaller | OperatorCaller | null> => {
  const { principal, call } = ctx;
  if (requirement.type === 'public') return null;
  if (principal === null) throw new LatchkeyError('UNAUTHORIZED');
  if (requirement.type === 'verifier' || requirement.type === 'operator') {
    const { type: expected } = requirement;
    if (principal.type === 'credential' && principal.credential.role === expected) return { principal, call };
    throw new LatchkeyError('CREDENTIAL_KIND', { expected });
  }
  if (principal.type === 'credential') throw new LatchkeyError('CREDENTIAL_KIND', { expected: 'organization' });
  const caller: Caller = { principal: counted(ctx.deps, principal), call };
  switch (requirement.type) {
    case 'caller':
    // Which token, and which verb: only the command knows, and it judges again inside its transaction.
    case 'manage-tokens':
      return caller;
    case 'permission':
      await requireAdminister(ctx.deps, caller.principal);
      return caller;
  }
};

/** A token that manages tokens uses its permissions too: narrowed by what siblings have decided alone, it would fail here. */
const counted = ({ decisions }: ApiContext['deps'], principal: OrganizationPrincipal): OrganizationPrincipal =>
  principal.type === 'token' && decisions !== undefined
    ? { ...principal, note: (request, effect) => decisions.note(principal, request, effect) }
    : principal;
