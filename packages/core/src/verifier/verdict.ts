import type { Instant } from '../clock.ts';
import type { PermissionLayer } from '../policy/decide-layers.ts';
import type { CountedLast } from '../usage/count-decisions.ts';
import type { About } from './finding.ts';

export interface Accepted<S> extends CountedLast {
  readonly accepted: true;
  readonly about: About;
  readonly secretNumber: number;
  readonly superseded: boolean;
  /** The first instant, by the database's clock, at which it would no longer be accepted. */
  readonly until: Instant | null;
  readonly subject: S;
  /** Permissions that all have to allow; none where the source says none. */
  readonly layers: readonly PermissionLayer[];
}

/**
 * What became of a presented token. A 401 has no reason, whoever asks (PROOF-FIRST). That nobody can be asked is none of
 * these: it throws (FAIL-CLOSED).
 */
export type Refused =
  | { readonly accepted: false; readonly status: 401 }
  | { readonly accepted: false; readonly status: 403; readonly reason: 'owner_removed' | 'inactive' | 'address' };

export type Verdict<S> = Accepted<S> | Refused;

export const UNAUTHORIZED: Refused = Object.freeze({ accepted: false, status: 401 });
export const WRONG_ADDRESS: Refused = Object.freeze({ accepted: false, status: 403, reason: 'address' });
export const REFUSED_FOR = Object.freeze({
  owner_removed: Object.freeze({ accepted: false, status: 403, reason: 'owner_removed' } as const),
  inactive: Object.freeze({ accepted: false, status: 403, reason: 'inactive' } as const),
});
