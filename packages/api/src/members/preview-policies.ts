import type { Output, ParsedInput } from '@latchkey/contract';
import type { HostMember } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { administer } from '../acting/administer.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { withoutUndefined } from '../pages/without-undefined.ts';
import { differencesBetween } from '../permissions/differences-view.ts';
import { memberLayer } from '../permissions/effective-layers.ts';
import { guardGrant } from '../permissions/guard-grant.ts';
import { touchedTokens } from '../permissions/touched-tokens.ts';

const SHOWN = 100;

/** Not a failure: the way to end a transaction that shall not commit, with what was seen in it. */
class Rehearsed extends Error {
  readonly before: HostMember;
  readonly after: HostMember;
  constructor(before: HostMember, after: HostMember) {
    super('rehearsed');
    this.before = before;
    this.after = after;
  }
}

/**
 * What `setPolicies` would do to a member and to its personal tokens, and whether it would be refused. Exact because it
 * is the same write, rolled back: which policies apply is decided in one place, and nowhere guessed.
 */
export const previewPolicies = async (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'members', 'previewPolicies'>,
): Promise<Output<'members', 'previewPolicies'>> => {
  const { principal } = by;
  const { organizationId } = principal;
  const { before, after } = await rehearse(deps, by, input);
  const catalogue = await deps.host.catalogue(organizationId);
  const { memberId } = input;
  const found = await deps.store.tokens.listOfOwners(organizationId, [memberId], SHOWN, await deps.store.now());
  const side = (member: HostMember) => ({ host: deps.host, owner: async () => member });
  const change = { before: side(before), after: side(after) };
  return {
    // Outside the transaction: its lock keeps every other change of the organization waiting.
    differences: differencesBetween(
      memberLayer(deps, catalogue, before).permissions,
      memberLayer(deps, catalogue, after).permissions,
      catalogue,
    ),
    tokens: {
      items: await touchedTokens(deps, { principal, catalogue }, found.tokens, change, () => before.name),
      total: found.total,
    },
  };
};

const rehearse = async (
  deps: ApiDeps,
  by: Caller,
  { memberId, ...asked }: ParsedInput<'members', 'previewPolicies'>,
): Promise<Rehearsed> => {
  try {
    return await administer(
      deps,
      by,
      { procedure: 'members.previewPolicies', input: {} },
      async (acting): Promise<never> => {
        const { tx, organizationId, directory } = acting;
        const before = await deps.host.findMember(organizationId, memberId, tx);
        if (before === null) throw new LatchkeyError('NOT_FOUND');
        const { policyIds, ...given } = asked;
        await guardGrant(deps, acting, [memberId], () =>
          directory.members.setPolicies(tx, organizationId, memberId, { policyIds, ...withoutUndefined(given) }),
        );
        const after = await deps.host.findMember(organizationId, memberId, tx);
        throw after === null ? new LatchkeyError('NOT_FOUND') : new Rehearsed(before, after);
      },
    );
  } catch (error) {
    if (error instanceof Rehearsed) return error;
    throw error;
  }
};
