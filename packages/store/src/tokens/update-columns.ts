import { timeOf, timeOrNull } from '../database/time.ts';
import type { TokenChange } from './token-repository.ts';

interface ColumnValue {
  readonly column: string;
  readonly type: string;
  readonly value: unknown;
}

type Change = TokenChange & { readonly nameKey?: string };

/** How each field that may change is written. The compiler keeps it complete. */
const COLUMNS: { readonly [Field in keyof Required<Change>]: (value: Required<Change>[Field]) => ColumnValue } = {
  name: (value) => ({ column: 'name', type: 'text', value }),
  nameKey: (value) => ({ column: 'name_key', type: 'text', value }),
  description: (value) => ({ column: 'description', type: 'text', value }),
  state: (value) => ({ column: 'state', type: 'text', value }),
  deactivatedAt: (value) => ({ column: 'deactivated_at', type: 'timestamptz', value: timeOrNull(value) }),
  deactivatedBecause: (value) => ({ column: 'deactivated_because', type: 'text', value }),
  revokedAt: (value) => ({ column: 'revoked_at', type: 'timestamptz', value: timeOf(value) }),
  expiresAt: (value) => ({ column: 'expires_at', type: 'timestamptz', value: timeOrNull(value) }),
  // FROZEN-SERVICE: the statement takes it for a personal token only, and a trigger refuses the rest.
  personalPermissions: (value) => ({ column: 'permissions', type: 'json', value: JSON.stringify(value) }),
};

export const changeColumns = (change: Change): readonly ColumnValue[] =>
  (Object.keys(COLUMNS) as (keyof Change)[]).flatMap((field) => {
    const value = change[field];
    const write = COLUMNS[field] as (value: unknown) => ColumnValue;
    return value === undefined ? [] : [write(value)];
  });
