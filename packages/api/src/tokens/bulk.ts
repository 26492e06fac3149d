import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import type { TokenWithDigests } from '@latchkey/store';
import { actAndStop, actorOf } from '../acting/act.ts';
import { newId } from '../acting/new-id.ts';
import { NOTHING_TO_SETTLE, type Settlement } from '../acting/settle.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { type CursorScope, readCursor, writeCursor } from '../pages/cursor.ts';
import { type BulkPosition, findStoppable, type Hit, mayStop } from './find-stoppable.ts';
import { maySee } from './sight.ts';
import { stopToken } from './stop.ts';
import { iso } from './token-view.ts';

type BulkInput = ParsedInput<'tokens', 'bulk'>;
type BulkOutput = Output<'tokens', 'bulk'>;

/** In one of a call's transactions: short enough to hold row locks for some ten milliseconds. */
const SLICE = 50;

/** How far a run has come: what `resume` holds, signed. */
interface Run {
  readonly bulkId: string;
  readonly from: BulkPosition | null;
  readonly stoppedCount: number;
  readonly skippedCount: number;
  readonly undecidedCount: number;
}

/**
 * Stops every token that fits a filter, or lists them. In slices, each a transaction of its own: what a crash leaves over
 * still fits the filter, and the same call goes on with it; what a limit leaves over is behind `resume`. The last call's
 * report tells of the whole run.
 */
export const stopInBulk = async (deps: ApiDeps, by: Caller, input: BulkInput): Promise<BulkOutput> => {
  const { dryRun, expectedCount, action, filter } = input;
  const { organizationId } = by.principal;
  const query = { action, filter, dryRun, actor: actorOf(by.principal) };
  const scope: CursorScope = { list: 'tokens.bulk', organizationId, query };
  const run = (readCursor(deps, scope, input.resume) as Run | undefined) ?? newRun(deps);
  const { hits, next, ...counts } = await findStoppable(deps, by, input, run.from);
  if (expectedCount !== undefined && expectedCount !== hits.length) {
    throw new LatchkeyError('CONFLICT', { revision: hits.length });
  }
  const stopped = dryRun ? null : await stopAll(deps, by, input, run.bulkId, hits);
  const stoppedCount = stopped?.size ?? hits.length;
  const sum: Run = {
    bulkId: run.bulkId,
    from: next,
    stoppedCount: run.stoppedCount + stoppedCount,
    skippedCount: run.skippedCount + counts.skippedCount,
    undecidedCount: run.undecidedCount + counts.undecidedCount,
  };
  const settlement = dryRun ? NOTHING_TO_SETTLE : await report(deps, by, input, sum);
  const catalogue = await deps.host.catalogue(organizationId);
  return {
    ...{ dryRun, bulkId: run.bulkId, stoppedCount, ...counts, done: next === null },
    items: hits.map(({ token, exceeds }) => ({
      ...toItem(token),
      // Of what it may do nothing is said to who may stop it and not see it (NO-SELF-HELP).
      exceeds: maySee(by.principal, catalogue, token) ? exceeds : null,
      outcome: stopped === null ? 'would_stop' : stopped.has(token.tokenId) ? 'stopped' : 'left',
    })),
    resume: next === null ? null : writeCursor(deps, scope, sum),
    ...settlement,
  };
};

const newRun = ({ crypto }: Pick<ApiDeps, 'crypto'>): Run => ({
  ...{ bulkId: newId(crypto), from: null },
  ...{ stoppedCount: 0, skippedCount: 0, undecidedCount: 0 },
});

/** Which were stopped; nobody is waited for here. */
const stopAll = async (
  deps: ApiDeps,
  by: Caller,
  input: BulkInput,
  bulkId: string,
  hits: readonly Hit[],
): Promise<ReadonlySet<string>> => {
  const stopped = new Set<string>();
  for (let at = 0; at < hits.length; at += SLICE) {
    for (const tokenId of await stopSlice(deps, by, input, bulkId, hits.slice(at, at + SLICE))) stopped.add(tokenId);
  }
  return stopped;
};

const stopSlice = async (
  deps: ApiDeps,
  by: Caller,
  { action, reason, filter }: BulkInput,
  bulkId: string,
  hits: readonly Hit[],
): Promise<readonly string[]> => {
  const { organizationId } = by.principal;
  const listed = new Map(hits.map(({ token }) => [token.tokenId, token]));
  let targets: readonly TokenWithDigests[] = [];
  const before = async (tx: Parameters<ApiDeps['store']['tokens']['findManyForUpdate']>[2]) => {
    // By id with those that it stops: locked after them, two tokens that stop each other would wait for each other.
    const acting = by.principal.type === 'token' ? [by.principal.token.tokenId] : [];
    const locked = await deps.store.tokens.findManyForUpdate(organizationId, [...listed.keys(), ...acting], tx);
    targets = locked.filter(({ tokenId }) => listed.has(tokenId));
    return undefined;
  };
  const { result } = await actAndStop(deps, by, { before, wait: false }, async (acting) => {
    const stopped: string[] = [];
    for (const target of targets) {
      const { tokenId } = target;
      const then = listed.get(tokenId);
      // Somebody has used it since it was listed, or has changed it, or the caller has lost the right to.
      if (filter.unusedForDays !== undefined && target.lastUsedAt !== then?.lastUsedAt) continue;
      if (filter.overPrivileged === true && target.revision !== then?.revision) continue;
      if (!mayStop(acting, target, action)) continue;
      await stopToken(deps, acting, target, action, reason, { details: { bulkId } });
      stopped.push(tokenId);
    }
    return stopped;
  });
  return result;
};

/** One audit event tells of the run so far; the one that says `done` is its report. Nothing done, nothing to report. */
const report = async (deps: ApiDeps, by: Caller, { action, filter, reason, wait }: BulkInput, run: Run) => {
  const { bulkId, from, ...counts } = run;
  const { settlement } = await actAndStop(deps, by, { wait }, async ({ audit, stops, organizationId }) => {
    // DEAD-ON-RETURN: whoever has heard of this change, which is about no token, has heard of all that was committed before
    // it: of the slices, and of what somebody else has stopped meanwhile, so that it wasn't there to be stopped here.
    await stops({ subject: 'token', organizationId, id: bulkId });
    if (counts.stoppedCount === 0) return;
    await audit({
      action: 'organization.tokens_stopped',
      target: { type: 'organization', id: organizationId },
      reason: reason ?? null,
      details: { bulkId, action, filter, ...counts, done: from === null },
    });
  });
  return settlement satisfies Settlement;
};

const toItem = ({ tokenId, name, kind, ownerId, lastUsedAt, expiresAt }: Hit['token']) => ({
  ...{ tokenId, name, kind, ownerId },
  lastUsedAt: lastUsedAt === null ? null : iso(lastUsedAt),
  expiresAt: expiresAt === null ? null : iso(expiresAt),
});
