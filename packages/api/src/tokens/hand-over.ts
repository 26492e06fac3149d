import type { Output, ParsedInput } from '@latchkey/contract';
import type { FrozenPermissions, Instant } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import type { TokenWithDigests } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { authorize } from './authorize.ts';
import { checkExpiry, checkName, checkTerms } from './check-terms.ts';
import { frozenFrom } from './frozen-from.ts';
import { frozenPermissions } from './frozen-permissions.ts';
import { repeatIssue, requireIssuable, requireIssuer, requirePin } from './issuing.ts';
import { requireEditable } from './require-editable.ts';
import { revealAndStopOnce } from './reveal-once.ts';
import { maySee } from './sight.ts';
import { storeToken } from './store-token.ts';
import { iso } from './token-view.ts';

type HandOverInput = ParsedInput<'tokens', 'handOver'>;

/**
 * Issues a service token that takes over from a personal one, before its owner leaves. NO-ESCALATION: it is the approver,
 * who calls, that has to cover its permissions, and not the owner; nobody is handed the personal token's own secret.
 */
export const handOverToken = async (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: HandOverInput,
): Promise<Output<'tokens', 'handOver'>> => {
  checkName(input.name);
  requirePin(deps, 'service');
  const call = { procedure: 'tokens.handOver', input };
  // COVERED-AT-ISSUE: pinned, as issuing is.
  const options = { target: input.tokenId, pin: true, wait };
  const work = (acting: Acting) => handOver(deps, acting, input);
  const { result, settlement } = await revealAndStopOnce(deps, by, call, options, work, repeatIssue(deps));
  return { ...result, ...settlement };
};

const handOver = async (deps: ApiDeps, acting: Acting, input: Omit<HandOverInput, 'wait'>) => {
  const { principal, catalogue, organizationId, tx } = acting;
  const { name, description, addressRanges, project, expiresAt } = input;
  const personal = personalTarget(acting);
  const issuer = requireIssuer(acting, 'service');
  const kind = 'service' as const;
  const terms = await checkTerms(deps, acting, {
    kind,
    expiresAt,
    addressRanges: addressRanges ?? personal.addressRanges,
    project: project === undefined ? personal.project : project,
  });
  const permissions: FrozenPermissions =
    input.permissions === undefined
      ? await frozenFrom(deps, acting, personal)
      : await frozenPermissions(deps, { organizationId, catalogue, owner: issuer, tx }, input.permissions);
  await requireIssuable(deps, acting, issuer, permissions);
  const revealed = await storeToken(
    deps,
    acting,
    { kind, name, description: description ?? personal.description, ownerId: null, permissions, ...terms },
    { handedOverFrom: personal.tokenId },
  );
  const until = input.until === undefined ? null : await endAt(deps, acting, personal, input.until);
  await acting.audit({
    action: 'token.handed_over',
    target: { type: 'token', id: personal.tokenId },
    details: { to: revealed.answer.token.tokenId, until, approvedBy: principal.type },
  });
  return revealed;
};

/** TENANT-WALL: one that may not be seen isn't there. A service token outlives everybody: there is nothing to hand over. */
const personalTarget = ({ principal, catalogue, target }: Acting): TokenWithDigests => {
  if (target === null || !maySee(principal, catalogue, target)) throw new LatchkeyError('NOT_FOUND');
  if (target.kind !== 'personal') throw new LatchkeyError('NOT_PERSONAL');
  requireEditable(target, undefined);
  return target;
};

/** The personal token expires then, or sooner. To end somebody's token takes who may deactivate it. */
const endAt = async (
  deps: ApiDeps,
  acting: Acting,
  { tokenId, expiresAt, revision }: TokenWithDigests,
  asked: string,
): Promise<string> => {
  const { tx, now, organizationId } = acting;
  authorize(acting, 'deactivate');
  const instant = checkExpiry(Date.parse(asked), now, null);
  const until: Instant = Math.min(instant ?? now, expiresAt ?? Number.POSITIVE_INFINITY);
  if (until === expiresAt) return iso(until);
  await acting.stops({ subject: 'token', organizationId, id: tokenId });
  await deps.store.tokens.update(tx, organizationId, tokenId, revision, { expiresAt: until });
  return iso(until);
};
