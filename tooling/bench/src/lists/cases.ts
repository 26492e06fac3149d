import type { TokenPage } from '@latchkey/store';
import type pg from 'pg';
import { ORGANIZATION, SEEDED } from './seed.ts';

export type Sort = TokenPage['sort'];
export const SORTS = ['createdAt', 'name', 'expiresAt', 'lastUsedAt'] as const satisfies readonly Sort[];
export const DIRECTIONS = ['asc', 'desc'] as const;

/** Every filter of `tokens.list`, asking for many, some, few and none; and what people combine. */
export const FILTERS: Readonly<Record<string, TokenPage['filter']>> = {
  'no filter': {},
  'kind: personal': { kind: 'personal' },
  'kind: service': { kind: 'service' },
  'owner of thousands': { ownerId: SEEDED.busyMember },
  'owner of a dozen': { ownerId: SEEDED.quietMember },
  'owner of none': { ownerId: 'nobody' },
  'issuer of thousands': { issuerId: SEEDED.busyMember },
  'issuer of a dozen': { issuerId: SEEDED.quietMember },
  'issuer of none': { issuerId: 'nobody' },
  'status: active': { status: 'active' },
  'status: inactive': { status: 'inactive' },
  'status: expired': { status: 'expired' },
  'status: revoked': { status: 'revoked' },
  'name with a common word': { nameContains: SEEDED.commonWord },
  'name that some have': { nameContains: SEEDED.someWord },
  'name that one has': { nameContains: SEEDED.rareWord },
  'name that none has': { nameContains: 'zzzz' },
  'name with two characters': { nameContains: 'zz' },
  'name with a common word, service': { nameContains: SEEDED.commonWord, kind: 'service' },
  'name with a common word, inactive': { nameContains: SEEDED.commonWord, status: 'inactive' },
  'name that some have, revoked': { nameContains: SEEDED.someWord, status: 'revoked' },
  "a member's own, expired": { visibleTo: SEEDED.busyMember, status: 'expired' },
  'service tokens, inactive': { kind: 'service', status: 'inactive' },
  'issuer of thousands, revoked': { issuerId: SEEDED.busyMember, status: 'revoked' },
};

export type Position = NonNullable<TokenPage['after']>;

/** Where a page may begin, by how much of the list lies before it. */
export const DEPTHS = { start: null, tenth: 0.1, middle: 0.5, 'nine tenths': 0.9, end: 0.999 } as const;
export type Depth = keyof typeof DEPTHS;

const COLUMNS = {
  createdAt: 'created_at',
  name: 'name_key',
  expiresAt: 'expires_at',
  lastUsedAt: 'last_used_at',
} as const;

/** Rows at these depths of the whole list, in each order: from there a filter's page is as deep as it gets. */
export const findPositions = async (
  client: pg.Client,
  sort: Sort,
): Promise<ReadonlyMap<Depth, Position | undefined>> => {
  const column = COLUMNS[sort];
  const value = sort === 'name' ? column : `round(date_part('epoch', ${column}) * 1000)`;
  const { rows } = await client.query<{ n: number; value: Position['value']; token_id: string; total: number }>(
    `select n, total, ${value} as value, token_id from (
       select row_number() over (order by ${column} asc nulls last, token_id asc)::float8 as n, count(*) over ()::float8 as total,
              ${column}, token_id
         from latchkey.token where organization_id = $1) ranked
      where n in (${Object.values(DEPTHS)
        .filter((depth) => depth !== null)
        .map((depth) => `floor(total * ${depth})`)
        .join(', ')})`,
    [ORGANIZATION],
  );
  const total = rows[0]?.total ?? 0;
  return new Map(
    (Object.keys(DEPTHS) as Depth[]).map((depth) => {
      const share = DEPTHS[depth];
      const row = share === null ? undefined : rows.find(({ n }) => n === Math.floor(total * share));
      return [depth, row === undefined ? undefined : { value: row.value, tokenId: row.token_id }];
    }),
  );
};
