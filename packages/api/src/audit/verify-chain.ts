import type { ChainProblemView, Output, ParsedInput } from '@latchkey/contract';
import {
  CHECK_FROM_START,
  type ChainAuthority,
  type ChainHead,
  type ChainProblem,
  type ChainProgress,
  checkEnd,
  checkSeals,
  ERASURE_ACTION,
  erasedEventIds,
  type SealedEvent,
} from '@latchkey/core/audit';
import type { EventPosition } from '@latchkey/store';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { readCursor, writeCursor } from '../pages/cursor.ts';
import { iso } from '../tokens/token-view.ts';

/** BOUNDED-WORK: some fifteen milliseconds of digests. */
const SLICE = 500;
/** A trail that is bent all over has said enough. */
const MAX_PROBLEMS = 100;

/** Seals first, then events that have none. */
interface Position {
  readonly progress: ChainProgress;
  /** `undefined` while seals are checked. */
  readonly events?: EventPosition | null;
}

/** One slice of checking the caller's organization's chain. */
export const verifyChain = async (
  deps: ApiDeps,
  { principal: { organizationId } }: Caller,
  { anchor, cursor }: ParsedInput<'audit', 'verifyChain'>,
): Promise<Output<'audit', 'verifyChain'>> => {
  const scope = { list: 'audit-chain', organizationId, query: { anchor } };
  // Signed by us for exactly this check, so it is what was written below.
  const from = (readCursor(deps, scope, cursor) as Position | undefined) ?? { progress: CHECK_FROM_START };
  const keys = (await deps.auditAuthority?.keys()) ?? null;
  const { checkedCount, problems, next, progress } =
    from.events === undefined
      ? await checkSealsFrom(
          deps,
          { organizationId, keys, anchors: await anchorsOf(deps, organizationId, anchor) },
          from.progress,
        )
      : await checkEventsFrom(deps, organizationId, from.progress, from.events);
  const waiting = await deps.store.auditChain.waiting(organizationId);
  return {
    problems: problems.slice(0, MAX_PROBLEMS).map(toProblemView),
    checkedCount,
    intact: toPoint(progress.intact),
    vouched: toPoint(progress.vouched),
    keys: keys === null ? 'not_known_here' : 'checked',
    waiting: { count: waiting.count, oldestAt: waiting.oldestAt === null ? null : iso(waiting.oldestAt) },
    nextCursor: next === null ? null : writeCursor(deps, scope, next),
  };
};

interface Slice {
  readonly checkedCount: number;
  readonly problems: readonly ChainProblem[];
  readonly progress: ChainProgress;
  readonly next: Position | null;
}

// The anchors were read first: one that is written meanwhile must not seem to lie beyond the end.
const checkSealsFrom = async (deps: ApiDeps, authority: ChainAuthority, from: ChainProgress): Promise<Slice> => {
  const { organizationId } = authority;
  const entries = await deps.store.auditChain.read(organizationId, from.last?.number ?? 0, SLICE);
  const isRecorded = await findErasures(deps, organizationId, entries);
  const { progress, problems } = checkSeals(deps.crypto, authority, from, entries, isRecorded);
  const checkedCount = entries.length;
  if (checkedCount === SLICE) return { checkedCount, problems, progress, next: { progress } };
  const all = [...problems, ...checkEnd(authority, progress)];
  return { checkedCount, problems: all, progress, next: { progress, events: null } };
};

const checkEventsFrom = async (
  { store }: ApiDeps,
  organizationId: string,
  progress: ChainProgress,
  after: EventPosition | null,
): Promise<Slice> => {
  const { eventIds, last } = await store.auditChain.findUnchained(organizationId, after, SLICE);
  return {
    checkedCount: 0,
    problems: eventIds.map((eventId) => ({ type: 'event_unchained', number: null, eventId })),
    progress,
    next: last === null ? null : { progress, events: last },
  };
};

const findErasures = async ({ store }: ApiDeps, organizationId: string, entries: readonly SealedEvent[]) => {
  const claimed = new Set(entries.flatMap(({ event }) => event?.erasedBy ?? []));
  const found = await store.auditChain.findSealed(organizationId, [...claimed], ERASURE_ACTION);
  return ({ eventId, erasedBy }: { readonly eventId: string; readonly erasedBy: string }): boolean =>
    erasedEventIds(found.get(erasedBy) ?? {}).includes(eventId);
};

const anchorsOf = async (
  { auditAuthority }: ApiDeps,
  organizationId: string,
  given: string | undefined,
): Promise<readonly ChainHead[]> => {
  const kept = (await auditAuthority?.anchors?.read(organizationId)) ?? [];
  if (given === undefined) return kept;
  const [number, link = ''] = given.split(':');
  return [...kept, { number: Number(number), link }];
};

const toPoint = (point: ChainProgress['intact']) =>
  point === null ? null : { number: point.number, sealedAt: iso(point.sealedAt) };

const toProblemView = ({ type, number, through, eventId }: ChainProblem): ChainProblemView => ({
  type,
  number,
  ...(through === undefined ? {} : { through }),
  ...(eventId === undefined ? {} : { eventId }),
});
