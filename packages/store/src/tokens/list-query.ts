import { nameKey } from '@latchkey/core/lifecycle';
import { timeOf } from '../database/time.ts';
import type { TokenPage, TokenSort } from './token-repository.ts';
import { SECRET_SUMMARY_COLUMNS, TOKEN_COLUMNS } from './token-rows.ts';

/** What each order compares, and whether it may be null. Ids break ties, so that no row is seen twice or never. */
const SORTS = {
  createdAt: { column: 't.created_at', nullable: false, time: true },
  name: { column: 't.name_key', nullable: false, time: false },
  expiresAt: { column: 't.expires_at', nullable: true, time: true },
  lastUsedAt: { column: 't.last_used_at', nullable: true, time: true },
} as const satisfies Record<TokenSort, { column: string; nullable: boolean; time: boolean }>;

/** A text that LIKE takes literally: backslash is its escape by default. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** Tokens with a value of what the page is sorted by come first, whatever the direction; then those without one. */
export type Part = 'valued' | 'unvalued';

/**
 * The way to a page. `walk`: along the index of its order, from where it begins. Where names are searched either only so
 * far (`steps`), or by way of the names that hold the word.
 */
export type Path =
  | { readonly type: 'walk' }
  | { readonly type: 'steps'; readonly steps: number }
  | { readonly type: 'names'; readonly grams: readonly string[] };

interface Query {
  readonly text: string;
  readonly values: unknown[];
}

/**
 * The parts of a page, each a statement of its own: the second one only where the first has not filled it. Each walks an
 * index from where the page begins. Asked for as one, `nulls last` and an `or` about what comes after the nulls would have
 * PostgreSQL sort all tokens of the organization for every page.
 */
export const partsOf = (page: TokenPage): readonly Part[] => {
  const parts: Part[] = [];
  const { nullable } = SORTS[page.sort];
  if (page.after === undefined || page.after.value !== null) parts.push('valued');
  // What has expired has an expiry.
  const noneWithout = page.sort === 'expiresAt' && page.filter.status === 'expired';
  if (nullable && !noneWithout) parts.push('unvalued');
  return parts;
};

/** Rows that one page may have (BOUNDED-WORK). */
export const limitOf = ({ limit }: Pick<TokenPage, 'limit'>): number => Math.min(Math.max(limit, 1), 200);

/** LIKE's pattern of names with this word; `null` where every name has it. */
export const patternOf = ({ nameContains }: TokenPage['filter']): string | null => {
  const key = nameKey(nameContains ?? '');
  return key === '' ? null : `%${escapeLike(key)}%`;
};

export const listQuery = (organizationId: string, page: TokenPage, part: Part, path: Path, limit: number): Query => {
  const values: unknown[] = [organizationId];
  const bind: Bind = (value, type) => `$${values.push(value)}::${type}`;
  const order = orderOf(page, part);
  const where = whereOf(page, part, bind).join(' and ');
  const most = bind(limit, 'int');
  const secrets = `left join latchkey.secret s
        on s.organization_id = t.organization_id and s.token_id = t.token_id and not s.spent
     order by ${order}, s.number desc`;
  const plain = (rows: string) => `
    with page as (${rows} where ${where} order by ${order} limit ${most})
    select ${TOKEN_COLUMNS}, ${SECRET_SUMMARY_COLUMNS} from page t ${secrets}`;
  // Looked up one by one: PostgreSQL can't know how many names hold a word, and where it takes them for many it walks
  // through all tokens.
  const each = (names: string) => `(${names}) n cross join lateral (
        select t.* from latchkey.token t where t.organization_id = $1 and t.token_id = n.token_id limit 1
      ) t`;
  switch (path.type) {
    case 'walk':
      return { text: plain('select t.* from latchkey.token t'), values };
    case 'names': {
      const names = `select n.token_id from latchkey.token_name n
         where n.grams @> ${bind(path.grams, 'text[]')} and n.name_key like ${bind(patternOf(page.filter), 'text')} offset 0`;
      return { text: plain(`select t.* from ${each(names)}`), values };
    }
    case 'steps': {
      const steps = bind(path.steps, 'int');
      // What is seen is walked through once, and only as far as somebody asks for it.
      const text = `
    with seen as materialized (
      select t.token_id, t.name_key, ${sortValue(page, part)} as value
        from latchkey.token t where ${where} order by ${order} limit ${steps}
    ), hits as materialized (
      select token_id from seen where name_key like ${bind(patternOf(page.filter), 'text')} limit ${most}
    ), ended as (
      select value, token_id from seen where (select count(*) from hits) < ${most} offset ${steps} - 1 limit 1
    ), page as (select t.* from ${each('select token_id from hits offset 0')})
    select ${TOKEN_COLUMNS}, ${SECRET_SUMMARY_COLUMNS}, ended.value as end_value, ended.token_id as end_token_id
      from (select 1) one left join ended on true left join page t on true
      ${secrets}`;
      return { text, values };
    }
  }
};

/** Of a `steps` query: where its walk ended, if there may be more behind; a row that has no token is there to say so. */
export interface EndOfSteps {
  readonly end_value?: string | number | null;
  readonly end_token_id?: string | null;
}

const sortValue = ({ sort }: TokenPage, part: Part): string => {
  const { column, time } = SORTS[sort];
  return part === 'unvalued' ? 'null::text' : time ? `round(date_part('epoch', ${column}) * 1000)` : column;
};

const orderOf = ({ sort, direction }: TokenPage, part: Part): string => {
  const way = direction === 'asc' ? 'asc' : 'desc';
  return `${part === 'valued' ? `${SORTS[sort].column} ${way}, ` : ''}t.token_id ${way}`;
};

/** Everything that a page's tokens are, but for their names. */
const whereOf = (page: TokenPage, part: Part, bind: Bind): readonly string[] => {
  const { column, nullable } = SORTS[page.sort];
  const where = ['t.organization_id = $1', ...filters(page, part, bind)];
  if (nullable) where.push(`${column} is ${part === 'valued' ? 'not null' : 'null'}`);
  const after = keyset(page, part, bind);
  return after === null ? where : [...where, after];
};

type Bind = (value: unknown, type: string) => string;

const filters = ({ filter, now, sort }: TokenPage, part: Part, bind: Bind): readonly string[] => {
  const where: string[] = [];
  if (filter.kind !== undefined) {
    where.push(`t.kind = ${bind(filter.kind, 'text')}`);
    // The same once more, in the words of the index by owners: without it the few of one kind would be looked for among all.
    where.push(`t.owner_id is ${filter.kind === 'service' ? 'null' : 'not null'}`);
  }
  if (filter.issuerId !== undefined) where.push(`t.issuer_id = ${bind(filter.issuerId, 'text')}`);
  if (filter.ownerId !== undefined) where.push(`t.owner_id = ${bind(filter.ownerId, 'text')}`);
  if (filter.unusedSince !== undefined) {
    where.push(`coalesce(t.last_used_at, t.created_at) < ${bind(timeOf(filter.unusedSince), 'timestamptz')}`);
  }
  if (filter.expiringBy !== undefined) {
    where.push(`t.expires_at <= ${bind(timeOf(filter.expiringBy), 'timestamptz')}`);
    where.push(`t.expires_at > ${bind(timeOf(now), 'timestamptz')}`);
  }
  if (filter.visibleTo !== undefined) {
    where.push(`t.kind = 'personal' and t.owner_id = ${bind(filter.visibleTo, 'text')}`);
  }
  // CLOCK-EXPIRY: `expired` is nowhere stored.
  const instant = () => bind(timeOf(now), 'timestamptz');
  if (filter.status === undefined) where.push(`t.state <> 'revoked'`);
  else if (filter.status === 'expired') where.push(`t.state <> 'revoked' and t.expires_at <= ${instant()}`);
  else if (filter.status === 'revoked') where.push(`t.state = 'revoked'`);
  else {
    where.push(`t.state = ${bind(filter.status, 'text')}`);
    // By expiry, those that have one begin where the index has this instant; an `or` would walk through all that have passed.
    if (sort !== 'expiresAt') where.push(`(t.expires_at is null or t.expires_at > ${instant()})`);
    else if (part === 'valued') where.push(`t.expires_at > ${instant()}`);
  }
  return where;
};

/** What comes after the last row seen, among the rows of this part. */
const keyset = (page: TokenPage, part: Part, bind: Bind): string | null => {
  const { after } = page;
  if (after === undefined) return null;
  const { column, time } = SORTS[page.sort];
  const beyond = page.direction === 'asc' ? '>' : '<';
  if (part === 'unvalued') return after.value === null ? `t.token_id ${beyond} ${bind(after.tokenId, 'text')}` : null;
  const value = time ? bind(timeOf(Number(after.value)), 'timestamptz') : bind(nameKey(String(after.value)), 'text');
  return `(${column}, t.token_id) ${beyond} (${value}, ${bind(after.tokenId, 'text')})`;
};
