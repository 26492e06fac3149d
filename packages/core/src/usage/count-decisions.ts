import type { PermissionLayer } from '../policy/decide-layers.ts';
import type { Request } from '../policy/request.ts';
import { containsToken } from '../token/redact.ts';
import { ANY_RESOURCE, countedResource, isPlainText, siblingsOf } from './counted-resource.ts';

/** How often one token was allowed, and denied, one request, or one of several that are counted together. */
export interface DecisionCount {
  readonly organizationId: string;
  readonly tokenId: string;
  /** `*` where more actions were asked for than are counted apart. */
  readonly action: string;
  /** A name with its tags; where `folded`, a pattern of names that are counted together. */
  readonly resource: string;
  readonly folded: boolean;
  readonly allowedCount: number;
  readonly deniedCount: number;
}

/**
 * BOUNDED-WORK: how many requests of one token are counted apart. What comes beyond is counted with its neighbours, then
 * with all resources of its action, then with everything.
 */
export const COUNTED = { requests: 200, patterns: 50, actions: 50 } as const;

/**
 * Where whoever remembers a token has counted of it last: the next decision is mostly the same one, and each index of a
 * million tokens, and each row of them, is one more place of memory. What stands here is added to its row when that is taken,
 * or another request comes.
 */
export interface CountedLast {
  action: string;
  resource: string;
  allowedCount: number;
  deniedCount: number;
  /** What was taken since is counted anew. */
  taken: number;
  listedAt: number;
  row: CountedRow | null;
}

export interface DecisionCounts {
  /**
   * Counts one decision of these layers; takes a fraction of a microsecond, and does nothing where there is no room.
   * `last`: of this token and of these counts alone.
   */
  count(
    token: { readonly organizationId: string; readonly tokenId: string },
    request: Request,
    effect: 'allow' | 'deny',
    layers: readonly PermissionLayer[],
    last?: CountedLast,
  ): void;
  /** Adds what somebody else has counted. */
  add(counted: DecisionCount): void;
  /** What was counted since it was taken before, up to `limit` rows. */
  take(limit: number): readonly DecisionCount[];
  waiting(): number;
  /** Decisions that were not counted because there was no room, since it was asked before. */
  takeLost(): number;
}

/** One row in the making; written in place, so that counting costs no memory. */
export interface CountedRow {
  readonly action: string;
  readonly resource: string;
  readonly folded: boolean;
  allowedCount: number;
  deniedCount: number;
}

interface Counted {
  readonly organizationId: string;
  readonly tokenId: string;
  /** By action, then by resource: an action is a text of the program, and its hash is known. */
  readonly requests: Map<string, Map<string, CountedRow>>;
  readonly folded: Map<string, CountedRow>;
  size: number;
}

/** Decisions of all tokens, in memory until somebody takes them: at most `maxRows` rows. */
export const createDecisionCounts = ({ maxRows = 50_000 }: { readonly maxRows?: number } = {}): DecisionCounts => {
  const tokens = new Map<string, Counted>();
  let rows = 0;
  let lost = 0;
  /** How often something was taken; 0 stands nowhere. */
  let taken = 1;
  /** What is counted where it was counted last, and not yet in its row. */
  let lasts: CountedLast[] = [];

  const newRow = (counted: Counted, action: string, resource: string, folded: boolean): CountedRow => {
    counted.size += 1;
    rows += 1;
    return { action, resource, folded, allowedCount: 0, deniedCount: 0 };
  };
  const foldedRow = (counted: Counted, action: string, resource: string, limit: number): CountedRow | null => {
    const key = `${action} ${resource}`;
    const known = counted.folded.get(key);
    if (known !== undefined || counted.size >= limit || rows >= maxRows) return known ?? null;
    const row = newRow(counted, action, resource, true);
    counted.folded.set(key, row);
    return row;
  };
  const nextRow = (counted: Counted, action: string, resource: string, isFolded: boolean): CountedRow | null => {
    if (!isCountable(action)) return null;
    const folded = isFolded || !isCountable(resource);
    if (!folded && counted.size < COUNTED.requests) {
      if (rows >= maxRows) return null;
      const row = newRow(counted, action, resource, false);
      const ofAction = counted.requests.get(action);
      if (ofAction === undefined) counted.requests.set(action, new Map([[resource, row]]));
      else ofAction.set(resource, row);
      return row;
    }
    const { requests, patterns, actions } = COUNTED;
    const pattern = isFolded ? resource : siblingsOf(resource);
    return (
      foldedRow(counted, action, isCountable(pattern) ? pattern : ANY_RESOURCE, requests + patterns) ??
      foldedRow(counted, action, ANY_RESOURCE, requests + patterns + actions) ??
      foldedRow(counted, ANY_ACTION, ANY_RESOURCE, Number.POSITIVE_INFINITY)
    );
  };
  /** `null` where there is no room for it. */
  const rowOf = (
    key: string,
    of: { readonly organizationId: string; readonly tokenId: string },
    action: string,
    resource: string,
    folded: boolean,
  ): CountedRow | null => {
    let counted = tokens.get(key);
    if (counted === undefined) {
      if (rows >= maxRows) return null;
      const { organizationId, tokenId } = of;
      counted = { organizationId, tokenId, requests: new Map(), folded: new Map(), size: 0 };
      tokens.set(key, counted);
    }
    const known = folded ? undefined : counted.requests.get(action)?.get(resource);
    return known ?? nextRow(counted, action, resource, folded);
  };

  const settle = (last: CountedLast) => {
    if (last.row !== null) {
      last.row.allowedCount += last.allowedCount;
      last.row.deniedCount += last.deniedCount;
    }
    last.allowedCount = 0;
    last.deniedCount = 0;
    last.row = null;
  };
  const remember = (last: CountedLast, row: CountedRow | null, action: string, resource: Request['resource']) => {
    if (last.taken === taken) settle(last);
    last.taken = taken;
    // Of a name in parts the caller may change the parts; and what is counted together is looked for each time, for there may
    // be a row for it apart by then.
    if (row === null || row.folded || typeof resource !== 'string') return;
    // BOUNDED-WORK: one text after the other may be forgotten and remembered anew.
    if (last.listedAt !== taken && lasts.length >= maxRows) return;
    last.action = action;
    last.resource = resource;
    last.row = row;
    if (last.listedAt === taken) return;
    last.listedAt = taken;
    lasts.push(last);
  };

  return {
    count: (token, { action, resource }, effect, layers, last) => {
      const isAllowed = effect === 'allow';
      if (last !== undefined && last.taken === taken) {
        if (last.action === action && last.resource === resource && last.row !== null) {
          if (isAllowed) last.allowedCount += 1;
          else last.deniedCount += 1;
          return;
        }
      } else if (last !== undefined && rows >= maxRows) {
        // There is no room before something is taken. Nothing is looked for or written: of a million tokens each is a place of
        // memory. One that has a row by another of its secrets is lost as well.
        lost += 1;
        return;
      }
      const row = rowOf(token.tokenId, token, action, countedResource(resource, layers), false);
      if (last !== undefined) remember(last, row, action, resource);
      if (row === null) lost += 1;
      else if (isAllowed) row.allowedCount += 1;
      else row.deniedCount += 1;
    },
    add: (counted) => {
      const { organizationId, tokenId, action, resource, folded, allowedCount, deniedCount } = counted;
      // TENANT-WALL: who counts for one organization is kept apart from who counts for another, whatever id it says.
      const row = rowOf(`${organizationId} ${tokenId}`, counted, action, resource, folded);
      if (row === null) lost += allowedCount + deniedCount;
      else {
        row.allowedCount += allowedCount;
        row.deniedCount += deniedCount;
      }
    },
    take: (limit) => {
      taken += 1;
      for (const last of lasts) settle(last);
      lasts = [];
      const all: DecisionCount[] = [];
      for (const [key, { organizationId, tokenId, requests, folded, size }] of tokens) {
        if (all.length + size > limit && all.length > 0) break;
        tokens.delete(key);
        rows -= size;
        const of = { organizationId, tokenId };
        for (const ofAction of requests.values()) for (const row of ofAction.values()) all.push({ ...of, ...row });
        for (const row of folded.values()) all.push({ ...of, ...row });
      }
      return all;
    },
    waiting: () => rows,
    takeLost: () => {
      const count = lost;
      lost = 0;
      return count;
    },
  };
};

const ANY_ACTION = '*';

/** Each of a row's texts: as a key of an index they have to be short. */
const MAX_CHARACTERS = 256;

/** SECRET-ONCE: a path parameter may hold anything, a pasted token too; and it is shown to people, on a line. */
const isCountable = (text: string): boolean =>
  text !== '' && text.length <= MAX_CHARACTERS && isPlainText(text) && !containsToken(text);
