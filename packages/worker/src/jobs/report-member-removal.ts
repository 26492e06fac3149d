import type { JobContract, TokensInUse } from '@latchkey/store';
import { notificationIdOf } from '../notifications/notification-id.ts';
import type { JobHandlerDeps } from './job-handler.ts';

/** Of each list: what was used last comes first, because that is what will be missed (BOUNDED-WORK). */
const LISTED = 50;

/**
 * One report of a member's removal, once its tokens have ended: which did, which were handed over before, which go on, and
 * when each was used last. As one audit event, and told to who removed the member and, by the organization's choice, to its
 * administrators. ONE-EFFECT: whoever comes second finds the event there, and tells nobody.
 */
export const reportMemberRemoval = async (
  { store, clock }: Pick<JobHandlerDeps, 'store' | 'clock'>,
  { organizationId, memberId, removedBy, requestId }: JobContract['cascade-member-removal'],
): Promise<void> => {
  const at = clock.now();
  const { ending, goingOn } = await store.tokens.listForRemoval(organizationId, memberId, LISTED, at);
  const handOvers = await store.audit.listHandOvers(
    organizationId,
    ending.tokens.map(({ tokenId }) => tokenId),
  );
  const takenOverBy = new Map(handOvers.map(({ tokenId, to }) => [tokenId, to]));
  const isNews = ending.total + goingOn.total > 0;
  // Nobody is told of nothing.
  const told = isNews ? (await store.settings.find(organizationId)).settings.told : null;
  await store.unitOfWork.run(async (tx) => {
    const isFirst = await store.audit.appendOnce(tx, {
      organizationId,
      at,
      actor: { type: 'worker', id: 'cascade-member-removal' },
      action: 'member.removal_reported',
      target: { type: 'member', id: memberId },
      reason: null,
      address: null,
      client: null,
      requestId,
      details: { removedBy, ended: toList(ending, takenOverBy), goingOn: toList(goingOn, takenOverBy) },
    });
    if (!isFirst || told === null) return;
    await store.outbox.add(tx, organizationId, 'notify', {
      organizationId,
      notificationId: notificationIdOf('removal_report', organizationId, memberId),
      kind: 'removal_report',
      tokenId: null,
      tokenName: null,
      memberIds: removedBy.type === 'member' ? [removedBy.id] : [],
      administrators: told.administrators,
      about: at,
      count: ending.total,
      address: null,
      client: null,
      aboutMemberId: memberId,
    });
  });
};

/** ALLOW-LISTED-OUTPUT: what the trail keeps of each, field by field; those of one last use by their names. */
const toList = ({ tokens, total }: TokensInUse, takenOverBy: ReadonlyMap<string, string>) => ({
  total,
  items: [...tokens].sort(byLastUse).map(({ tokenId, name, lastUsedAt }) => ({
    tokenId,
    name,
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
    handedOverTo: takenOverBy.get(tokenId) ?? null,
  })),
});

const byLastUse = (a: TokensInUse['tokens'][number], b: TokensInUse['tokens'][number]): number =>
  (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0) || (a.name < b.name ? -1 : 1);
