import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import type { TokenWithDigests, TokenWithSecrets } from '@latchkey/store';
import { actAndStop } from '../acting/act.ts';
import { newId } from '../acting/new-id.ts';
import { NOTHING_TO_SETTLE } from '../acting/settle.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { findStoppable, mayStop } from './find-stoppable.ts';
import { stopToken } from './stop.ts';
import { iso } from './token-view.ts';

type BulkInput = ParsedInput<'tokens', 'bulk'>;

/** Tokens in one call, and in one of its transactions: short enough to hold row locks for some ten milliseconds. */
const MAX_STOPPED = 500;
const SLICE = 50;
const SHOWN = 100;

/**
 * Stops every token that fits a filter, or lists them. In slices, each a transaction of its own: what a crash or a limit
 * leaves over still fits the filter, and the same call goes on with it. One report tells what was done.
 */
export const stopInBulk = async (deps: ApiDeps, by: Caller, input: BulkInput): Promise<Output<'tokens', 'bulk'>> => {
  const { dryRun, expectedCount, action } = input;
  const { hits, skippedCount, done } = await findStoppable(deps, by, input, MAX_STOPPED);
  if (expectedCount !== undefined && expectedCount !== hits.length) {
    throw new LatchkeyError('CONFLICT', { revision: hits.length });
  }
  const answer = { dryRun, items: hits.slice(0, SHOWN).map(toItem), skippedCount, done };
  if (dryRun) return { ...answer, stoppedCount: hits.length, ...NOTHING_TO_SETTLE };
  const bulkId = newId(deps.crypto);
  let stoppedCount = 0;
  for (let at = 0; at < hits.length; at += SLICE) {
    stoppedCount += await stopSlice(deps, by, input, bulkId, hits.slice(at, at + SLICE));
  }
  const { settlement } = await actAndStop(deps, by, { wait: input.wait }, async ({ audit, stops, organizationId }) => {
    // DEAD-ON-RETURN: whoever has heard of this change, which is about no token, has heard of all that was committed before
    // it: of the slices, and of what somebody else has stopped meanwhile, so that it wasn't there to be stopped here.
    await stops({ subject: 'token', organizationId, id: bulkId });
    if (hits.length === 0) return;
    await audit({
      action: 'organization.tokens_stopped',
      target: { type: 'organization', id: organizationId },
      reason: input.reason ?? null,
      details: { bulkId, action, filter: input.filter, stoppedCount, skippedCount, done },
    });
  });
  return { ...answer, stoppedCount, ...settlement };
};

/** How many were stopped; nobody is waited for here. */
const stopSlice = async (
  deps: ApiDeps,
  by: Caller,
  { action, reason, filter }: BulkInput,
  bulkId: string,
  hits: readonly TokenWithSecrets[],
): Promise<number> => {
  const { organizationId } = by.principal;
  const listed = new Map(hits.map((token) => [token.tokenId, token]));
  let targets: readonly TokenWithDigests[] = [];
  const before = async (tx: Parameters<ApiDeps['store']['tokens']['findManyForUpdate']>[2]) => {
    targets = await deps.store.tokens.findManyForUpdate(organizationId, [...listed.keys()], tx);
    return undefined;
  };
  const { result } = await actAndStop(deps, by, { before, wait: false }, async (acting) => {
    let count = 0;
    for (const target of targets) {
      const isInUse = target.lastUsedAt !== listed.get(target.tokenId)?.lastUsedAt;
      // Somebody has used it since it was listed, or has done something about it, or the caller has lost the right to.
      if (filter.unusedForDays !== undefined && isInUse) continue;
      if (!mayStop(acting, target, action)) continue;
      await stopToken(deps, acting, target, action, reason, { details: { bulkId } });
      count += 1;
    }
    return count;
  });
  return result;
};

const toItem = ({ tokenId, name, kind, ownerId, lastUsedAt, expiresAt }: TokenWithSecrets) => ({
  ...{ tokenId, name, kind, ownerId },
  lastUsedAt: lastUsedAt === null ? null : iso(lastUsedAt),
  expiresAt: expiresAt === null ? null : iso(expiresAt),
});
