import type { ChainProblemView, Output, ParsedInput } from '@latchkey/contract';
import {
  CHECK_FROM_START,
  type ChainAuthority,
  type ChainProblem,
  type ChainProgress,
  type ChainStub,
  checkEnd,
  checkSeals,
  checkStubs,
  DROP_ACTION,
  ERASURE_ACTION,
  erasedEventIds,
  type SealedEvent,
} from '@latchkey/core/audit';
import type { EventPosition } from '@latchkey/store';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { readCursor, writeCursor } from '../pages/cursor.ts';
import { iso } from '../tokens/token-view.ts';
import { droppedBy } from './dropped.ts';

/** BOUNDED-WORK: some fifteen milliseconds of digests. */
const SLICE = 500;
/** A trail that is bent all over has said enough. */
const MAX_PROBLEMS = 100;

/** Seals first, then events that have none. */
interface Position {
  readonly progress: ChainProgress;
  /** The last number of the newest stub that was checked; 0 for none. */
  readonly dropped: number;
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
  const from = (readCursor(deps, scope, cursor) as Position | undefined) ?? { progress: CHECK_FROM_START, dropped: 0 };
  const keys = (await deps.auditAuthority?.keys()) ?? null;
  const { checkedCount, problems, next, progress } =
    from.events === undefined
      ? await checkSealsFrom(
          deps,
          { organizationId, keys, anchors: await anchorsOf(deps, organizationId, anchor) },
          from,
        )
      : await checkEventsFrom(deps, organizationId, from, from.events);
  const waiting = await deps.store.auditChain.waiting(organizationId);
  return {
    problems: problems.slice(0, MAX_PROBLEMS).map(toProblemView),
    checkedCount,
    intact: toPoint(progress.intact),
    vouched: toPoint(progress.vouched),
    dropped: droppedBy(await deps.store.auditChain.stubs(organizationId)),
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

// The anchors were read first: one that is written meanwhile must not seem to lie beyond the end. And stubs last: what was
// dropped before the seals were read has left its stub by now.
const checkSealsFrom = async (deps: ApiDeps, authority: ChainAuthority, from: Position): Promise<Slice> => {
  const { organizationId } = authority;
  const read = await deps.store.auditChain.read(organizationId, from.progress.last?.number ?? 0, SLICE);
  const stubs = await deps.store.auditChain.stubs(organizationId);
  const dropped = stubs.at(-1)?.lastNumber ?? 0;
  // Also where a month goes while its chain is being checked.
  const start = dropped === from.dropped ? null : await checkDropped(deps, authority, stubs, from.progress);
  const before = start?.progress ?? from.progress;
  const entries = read.filter(({ seal }) => seal.number > (start?.progress.last?.number ?? 0));
  const isRecorded = await findErasures(deps, organizationId, entries);
  const { progress, problems } = checkSeals(deps.crypto, authority, before, entries, isRecorded);
  const all = [...(start?.problems ?? []), ...problems];
  const checkedCount = entries.length;
  if (read.length === SLICE) return { checkedCount, problems: all, progress, next: { progress, dropped } };
  const ended = [...all, ...checkEnd(authority, progress)];
  return { checkedCount, problems: ended, progress, next: { progress, dropped, events: null } };
};

const checkDropped = async (
  { store, crypto }: ApiDeps,
  authority: ChainAuthority,
  stubs: readonly ChainStub[],
  from: ChainProgress,
): Promise<Pick<Slice, 'progress' | 'problems'>> => {
  const newest = stubs.at(-1)?.droppedAt ?? 0;
  const records = await store.audit.list(authority.organizationId, {
    filter: { action: DROP_ACTION, from: newest, to: newest + 1 },
    limit: 1_000,
  });
  const { progress, problems } = checkStubs(crypto, authority, stubs, ({ link }) =>
    records.some(({ details }) => details['stub'] === link),
  );
  // What was found wrong before the drop doesn't become right by it, and a check that is further on goes on from there.
  const { last, intact, vouched } = from;
  const sound = from.sound && progress.sound;
  if (last !== null && last.number > (progress.last?.number ?? 0)) return { progress: { ...from, sound }, problems };
  return { progress: from.sound ? progress : { ...progress, intact, vouched, sound }, problems };
};

const checkEventsFrom = async (
  { store }: ApiDeps,
  organizationId: string,
  { progress, dropped }: Position,
  after: EventPosition | null,
): Promise<Slice> => {
  const { eventIds, last } = await store.auditChain.findUnchained(organizationId, after, SLICE);
  return {
    checkedCount: 0,
    problems: eventIds.map((eventId) => ({ type: 'event_unchained', number: null, eventId })),
    progress,
    next: last === null ? null : { progress, dropped, events: last },
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
): Promise<ChainAuthority['anchors']> => {
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
