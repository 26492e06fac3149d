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
type Part = 'valued' | 'unvalued';

interface Query {
  readonly text: string;
  readonly values: unknown[];
}

/**
 * One page of an organization's tokens, as the statements that give it: the second one only where the first has not filled
 * it. Each walks an index from where the page begins. Asked for as one, `nulls last` and an `or` about what comes after
 * the nulls would have PostgreSQL sort all tokens of the organization for every page.
 */
export const listQueries = (organizationId: string, page: TokenPage): readonly ((limit: number) => Query)[] => {
  const parts: Part[] = [];
  const { nullable } = SORTS[page.sort];
  if (page.after === undefined || page.after.value !== null) parts.push('valued');
  // What has expired has an expiry.
  const noneWithout = page.sort === 'expiresAt' && page.filter.status === 'expired';
  if (nullable && !noneWithout) parts.push('unvalued');
  return parts.map((part) => (limit) => listQuery(organizationId, page, part, limit));
};

/** Rows that one page may have (BOUNDED-WORK). */
export const limitOf = ({ limit }: Pick<TokenPage, 'limit'>): number => Math.min(Math.max(limit, 1), 200);

const listQuery = (organizationId: string, page: TokenPage, part: Part, limit: number): Query => {
  const values: unknown[] = [organizationId];
  const bind = (value: unknown, type: string) => `$${values.push(value)}::${type}`;
  const { column, nullable } = SORTS[page.sort];
  const where = ['t.organization_id = $1', ...filters(page, part, bind)];
  if (nullable) where.push(`${column} is ${part === 'valued' ? 'not null' : 'null'}`);
  const after = keyset(page, part, bind);
  if (after !== null) where.push(after);
  const direction = page.direction === 'asc' ? 'asc' : 'desc';
  const order = `${part === 'valued' ? `${column} ${direction}, ` : ''}t.token_id ${direction}`;
  const text = `
    with page as (
      select t.* from latchkey.token t where ${where.join(' and ')} order by ${order} limit ${bind(limit, 'int')}
    )
    select ${TOKEN_COLUMNS}, ${SECRET_SUMMARY_COLUMNS}
      from page t
      left join latchkey.secret s
        on s.organization_id = t.organization_id and s.token_id = t.token_id and not s.spent
     order by ${order}, s.number desc`;
  return { text, values };
};

type Bind = (value: unknown, type: string) => string;

const filters = ({ filter, now, sort }: TokenPage, part: Part, bind: Bind): readonly string[] => {
  const where: string[] = [];
  if (filter.nameContains !== undefined)
    where.push(`t.name_key like ${bind(`%${escapeLike(nameKey(filter.nameContains))}%`, 'text')}`);
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
