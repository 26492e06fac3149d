import type { Input } from '@latchkey/contract';

export type TokenSort = 'createdAt' | 'name' | 'expiresAt' | 'lastUsedAt';

/** What the list is filtered and sorted by. It stands in the address, so that it can be kept and sent. */
export interface TokenQuery {
  readonly name: string;
  readonly kind: '' | 'personal' | 'service';
  readonly status: '' | 'active' | 'inactive' | 'expired' | 'revoked';
  readonly issuer: string;
  readonly sort: TokenSort;
  readonly direction: 'asc' | 'desc';
}

const oneOf = <T extends string>(value: string | null, choices: readonly T[], otherwise: T): T =>
  choices.find((choice) => choice === value) ?? otherwise;

export const readTokenQuery = (search: string): TokenQuery => {
  const given = new URLSearchParams(search);
  const issuer = given.get('issuer') ?? '';
  return {
    name: (given.get('name') ?? '').slice(0, 128),
    kind: oneOf(given.get('kind'), ['personal', 'service'], ''),
    status: oneOf(given.get('status'), ['active', 'inactive', 'expired', 'revoked'], ''),
    issuer: /^[A-Za-z0-9_-]{0,128}$/.test(issuer) ? issuer : '',
    sort: oneOf(given.get('sort'), ['name', 'expiresAt', 'lastUsedAt'], 'createdAt'),
    direction: oneOf(given.get('direction'), ['asc'], 'desc'),
  };
};

/** Only what differs from the list as it is at first. */
export const writeTokenQuery = (query: TokenQuery): string => {
  const { sort, direction, ...filters } = query;
  const parts = Object.entries(filters).filter(([, value]) => value !== '');
  if (sort !== 'createdAt') parts.push(['sort', sort]);
  if (direction !== 'desc') parts.push(['direction', direction]);
  return new URLSearchParams(parts).toString();
};

export const isFiltered = ({ name, kind, status, issuer }: TokenQuery): boolean =>
  [name, kind, status, issuer].some((value) => value !== '');

export const toListInput = (query: TokenQuery): NonNullable<Input<'tokens', 'list'>> => ({
  ...(query.name === '' ? {} : { nameContains: query.name }),
  ...(query.kind === '' ? {} : { kind: query.kind }),
  ...(query.status === '' ? {} : { status: query.status }),
  ...(query.issuer === '' ? {} : { issuerId: query.issuer }),
  sort: query.sort,
  direction: query.direction,
});
