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

/** One page of an organization's tokens, as a statement and its values. Nulls are last, whatever the direction. */
export const listQuery = (organizationId: string, page: TokenPage): { text: string; values: unknown[] } => {
  const values: unknown[] = [organizationId];
  const bind = (value: unknown, type: string) => `$${values.push(value)}::${type}`;
  const where = ['t.organization_id = $1', ...filters(page, bind)];
  const after = page.after === undefined ? null : keyset(page, page.after, bind);
  if (after !== null) where.push(after);
  const direction = page.direction === 'asc' ? 'asc' : 'desc';
  const { column } = SORTS[page.sort];
  const limit = bind(Math.min(Math.max(page.limit, 1), 200), 'int');
  const order = (alias: string) =>
    `${column.replace('t.', `${alias}.`)} ${direction} nulls last, ${alias}.token_id ${direction}`;
  const text = `
    with page as (select t.* from latchkey.token t where ${where.join(' and ')} order by ${order('t')} limit ${limit})
    select ${TOKEN_COLUMNS}, ${SECRET_SUMMARY_COLUMNS}
      from page t
      left join latchkey.secret s
        on s.organization_id = t.organization_id and s.token_id = t.token_id and not s.spent
     order by ${order('t')}, s.number desc`;
  return { text, values };
};

type Bind = (value: unknown, type: string) => string;

const filters = ({ filter, now }: TokenPage, bind: Bind): readonly string[] => {
  const where: string[] = [];
  if (filter.nameContains !== undefined)
    where.push(`t.name_key like ${bind(`%${escapeLike(nameKey(filter.nameContains))}%`, 'text')}`);
  if (filter.kind !== undefined) where.push(`t.kind = ${bind(filter.kind, 'text')}`);
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
    where.push(`t.state = ${bind(filter.status, 'text')}`, `(t.expires_at is null or t.expires_at > ${instant()})`);
  }
  return where;
};

/** What comes after the last row seen. */
const keyset = (page: TokenPage, after: NonNullable<TokenPage['after']>, bind: Bind): string => {
  const { column, nullable, time } = SORTS[page.sort];
  const beyond = page.direction === 'asc' ? '>' : '<';
  const id = bind(after.tokenId, 'text');
  if (after.value === null) return `${column} is null and t.token_id ${beyond} ${id}`;
  const value = time ? bind(timeOf(Number(after.value)), 'timestamptz') : bind(nameKey(String(after.value)), 'text');
  const rest = `(${column}, t.token_id) ${beyond} (${value}, ${id})`;
  return nullable ? `(${rest} or ${column} is null)` : rest;
};
