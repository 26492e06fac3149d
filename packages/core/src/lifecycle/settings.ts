import type { Instant } from '../clock.ts';
import type { ErrorCode } from '../errors/code.ts';

/** One value for each kind of token. */
export interface ByKind<T> {
  readonly personal: T;
  readonly service: T;
}

/** What an organization demands of its tokens. `null` is "no limit", or "never". */
export interface OrganizationSettings {
  /** Tokens of that kind can't be issued without an expiry. */
  readonly expiryDemanded: ByKind<boolean>;
  /** From issue to expiry, in days of 24 hours. With a maximum an expiry is demanded, too. */
  readonly maxLifetimeDays: ByKind<number | null>;
  /** The lifetime of a token whose issuer said nothing of it. */
  readonly defaultLifetimeDays: ByKind<number | null>;
  /** Longest grace period that a rotation may ask for, in milliseconds. */
  readonly maxGraceMs: number;
  /** The age at which a secret's rotation is asked for. */
  readonly rotationAgeDays: number | null;
  /** Days before expiry at which somebody is reminded; the greatest first. */
  readonly reminderDays: readonly number[];
  /** Days without use after which a token is deactivated, with a warning before. */
  readonly idleDays: number | null;
  /** CIDR; each token's ranges lie within these. An empty list means any address. */
  readonly addressRanges: readonly string[];
  /** What the use of a secret that was cut does, apart from being recorded and told. */
  readonly lateUse: 'record' | 'deactivate';
  /** Tokens that aren't revoked: personal ones of one member, and all of the organization. */
  readonly maxTokens: { readonly ofMember: number | null; readonly ofOrganization: number | null };
  /** Who is told of what is about to break: a token's owner (a service token's issuer), all administrators. */
  readonly told: { readonly owner: boolean; readonly administrators: boolean };
  /** Audit events are kept for at least so long after the month of their seal, whatever the installation lets go of. */
  readonly auditKeptDays: number | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Of an organization that has said nothing. */
export const defaultSettings: OrganizationSettings = Object.freeze({
  expiryDemanded: Object.freeze({ personal: false, service: false }),
  maxLifetimeDays: Object.freeze({ personal: null, service: null }),
  defaultLifetimeDays: Object.freeze({ personal: null, service: null }),
  maxGraceMs: 7 * DAY_MS,
  rotationAgeDays: 90,
  reminderDays: Object.freeze([30, 7, 1]),
  idleDays: null,
  addressRanges: Object.freeze([]),
  lateUse: 'record',
  maxTokens: Object.freeze({ ofMember: null, ofOrganization: null }),
  told: Object.freeze({ owner: true, administrators: false }),
  auditKeptDays: null,
});

export type ExpiryPlan =
  | { readonly ok: true; readonly expiresAt: Instant | null }
  | { readonly ok: false; readonly code: Extract<ErrorCode, 'EXPIRY_REQUIRED'> }
  | {
      readonly ok: false;
      readonly code: Extract<ErrorCode, 'EXPIRY_TOO_FAR'>;
      readonly latest: Instant;
      readonly maxLifetimeDays: number;
    };

export interface ExpiryInput {
  readonly settings: OrganizationSettings;
  readonly kind: keyof ByKind<unknown>;
  /** `undefined`: nothing was said; `null`: never. */
  readonly asked: Instant | null | undefined;
  /** Of the token; for a new one, now. */
  readonly createdAt: Instant;
  /** The expiry of the token that issues it, which is not outlived. */
  readonly parentExpiresAt: Instant | null;
}

/** When a token expires under an organization's settings. A lifetime is counted from issue, however often it is extended. */
export const planExpiry = ({ settings, kind, asked, createdAt, parentExpiresAt }: ExpiryInput): ExpiryPlan => {
  const maxLifetimeDays = settings.maxLifetimeDays[kind];
  const expiresAt = asked === undefined ? expiryUnasked(settings, kind, createdAt, parentExpiresAt) : asked;
  if (expiresAt === null) {
    const demanded = settings.expiryDemanded[kind] || maxLifetimeDays !== null;
    return demanded ? { ok: false, code: 'EXPIRY_REQUIRED' } : { ok: true, expiresAt };
  }
  if (maxLifetimeDays === null) return { ok: true, expiresAt };
  const latest = createdAt + maxLifetimeDays * DAY_MS;
  return expiresAt <= latest ? { ok: true, expiresAt } : { ok: false, code: 'EXPIRY_TOO_FAR', latest, maxLifetimeDays };
};

const expiryUnasked = (
  settings: OrganizationSettings,
  kind: keyof ByKind<unknown>,
  createdAt: Instant,
  parentExpiresAt: Instant | null,
): Instant | null => {
  const days = settings.defaultLifetimeDays[kind];
  if (days === null) return null;
  return Math.min(createdAt + days * DAY_MS, parentExpiresAt ?? Number.POSITIVE_INFINITY);
};
