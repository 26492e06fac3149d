import type { Instant, PermissionCatalogue, Tx } from '@latchkey/core';
import type { AuditEvent, Change, StopReceipt, TokenWithDigests } from '@latchkey/store';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { OrganizationPrincipal } from '../principal.ts';
import { judgeAgain } from './judge-again.ts';
import { NOTHING_TO_SETTLE, type Settlement, settle } from './settle.ts';

/** A command at work inside its transaction. */
export interface Acting {
  readonly tx: Tx;
  /** The database's clock. */
  readonly now: Instant;
  readonly organizationId: string;
  readonly catalogue: PermissionCatalogue;
  /** The caller as it stands now, locked: judge by this one, not by the one that the call began with. */
  readonly principal: OrganizationPrincipal;
  /** The token that the command is about, locked FOR UPDATE; `null` where this organization has none such. */
  readonly target: TokenWithDigests | null;
  /** AUDIT-WITH-CAUSE: one event for each change of state, in the transaction that makes it. */
  audit(event: Pick<AuditEvent, 'action' | 'target'> & Partial<Pick<AuditEvent, 'reason' | 'details'>>): Promise<void>;
  /** Says what may be refused from now on that was accepted before: the call then returns settled. */
  stops(...changes: readonly Change[]): Promise<void>;
  /** The same of changes that this transaction has written otherwise. */
  stopped(receipt: StopReceipt | null, ...changes: readonly Change[]): void;
}

export interface ActOptions {
  /** Id of the token that the command is about. */
  readonly target?: string;
  /** COVERED-AT-ISSUE: hold the host's permissions still, before anything is read. */
  readonly pin?: boolean;
  /** The command writes to the directory. */
  readonly directory?: boolean;
  /** Runs before any other lock is taken, and may say which token the command turns out to be about. */
  readonly before?: (tx: Tx) => Promise<{ readonly target?: string } | undefined>;
}

type Deps = Pick<ApiDeps, 'store' | 'host' | 'directory' | 'logger' | 'settler' | 'crypto' | 'keys'>;

/** What a command gave, and how far what it stopped has settled. */
export interface Stopped<T> {
  readonly result: T;
  readonly settlement: Settlement;
}

/**
 * Runs a command in one transaction: locks who is acting, judges it again, does the work, commits, settles.
 *
 * Locks are taken in one order everywhere, so that no two commands wait for each other: the call's idempotency key, the
 * organization's permissions, token rows by their ids, owners' gates, the organization's settings, its issuers.
 */
export const act = async <T>(
  deps: Deps,
  by: Caller,
  options: ActOptions,
  work: (acting: Acting) => Promise<T>,
): Promise<T> => (await actAndStop(deps, by, { ...options, wait: true }, work)).result;

/** The same for a command whose caller may choose not to wait. */
export const actAndStop = async <T>(
  deps: Deps,
  by: Caller,
  options: ActOptions & { readonly wait: boolean },
  work: (acting: Acting) => Promise<T>,
): Promise<Stopped<T>> => {
  const { organizationId } = by.principal;
  // Before the transaction: it would ask for a second connection while it holds one.
  const catalogue = await deps.host.catalogue(organizationId);
  // One for all of a transaction's changes: they commit together.
  let receipt: StopReceipt | null = null;
  const result = await deps.store.unitOfWork.run(async (tx) => {
    const { target: aboutWhich = options.target } = (await options.before?.(tx)) ?? {};
    const { issuerPin } = deps.host;
    if (options.pin && issuerPin?.kind === 'transactional') await issuerPin.pin(organizationId, tx);
    if (options.directory) await deps.directory?.organizations.lock(tx, organizationId);
    const { principal, target, now } = await judgeAgain(deps, by, catalogue, tx, aboutWhich);
    return work({
      tx,
      now,
      organizationId,
      catalogue,
      principal,
      target,
      audit: ({ reason = null, details = {}, ...event }) =>
        deps.store.audit.append(tx, [
          {
            ...event,
            organizationId,
            at: now,
            actor: actorOf(principal),
            reason,
            details,
            address: by.call.address,
            client: by.call.client,
            requestId: by.call.requestId,
          },
        ]),
      stops: async (...changes) => {
        receipt = (await deps.store.feed.append(tx, changes)) ?? receipt;
      },
      stopped: (written) => {
        receipt = written ?? receipt;
      },
    });
  });
  if (receipt === null) return { result, settlement: NOTHING_TO_SETTLE };
  return { result, settlement: await settle(deps, organizationId, receipt, options.wait) };
};

export const actorOf = (
  principal: OrganizationPrincipal,
): { readonly type: 'member' | 'token'; readonly id: string } =>
  principal.type === 'member'
    ? { type: 'member', id: principal.member.memberId }
    : { type: 'token', id: principal.token.tokenId };
