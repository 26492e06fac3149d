import type { Instant } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import {
  type ExpiryPlan,
  nameProblems,
  type OrganizationSettings,
  parseAddressRanges,
  planExpiry,
  rangesAreWithin,
} from '@latchkey/core/lifecycle';
import type { TokenRecord } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import type { ApiDeps } from '../deps.ts';
import type { OrganizationPrincipal } from '../principal.ts';
import { checkProject } from './check-project.ts';
import { memberOf } from './member-of.ts';
import { iso } from './token-view.ts';

/** Refuses a name that core's rules don't take (`NAME_INVALID`). */
export const checkName = (name: string): void => {
  const problems = nameProblems(name);
  if (problems.length > 0) throw new LatchkeyError('NAME_INVALID', { problems: problems.map((each) => ({ ...each })) });
};

/** What is asked for a token apart from its name and its permissions. */
export interface AskedTerms {
  readonly kind: 'personal' | 'service';
  /** Left out: as the organization's settings say; `null`: none. */
  readonly expiresAt?: string | null | undefined;
  readonly addressRanges: readonly string[];
  readonly project?: string | null | undefined;
}

/**
 * The terms of a token that is issued now, once they have been found good for its issuer and its organization. The
 * settings are held still until the token is stored, after all other locks.
 */
export const checkTerms = async (deps: ApiDeps, acting: Acting, asked: AskedTerms) => {
  const { tx, now, organizationId, principal, catalogue } = acting;
  const { kind } = asked;
  const { settings } = await deps.store.settings.lockForShare(tx, organizationId);
  const parent = callingToken(principal);
  const parentExpiresAt = parent?.expiresAt ?? null;
  const instant = typeof asked.expiresAt === 'string' ? Date.parse(asked.expiresAt) : asked.expiresAt;
  const plan = planExpiry({ settings, kind, asked: instant, createdAt: now, parentExpiresAt });
  if (!plan.ok) throw refusalOfExpiry(plan);
  const expiresAt = checkExpiry(plan.expiresAt, now, parent);
  const addressRanges = checkAddressRanges(asked.addressRanges, parent);
  refuseAddresses(settings, addressRanges);
  await refuseTooMany(deps, acting, settings, kind);
  return { expiresAt, addressRanges, project: checkProject(principal, catalogue, asked.project ?? undefined) };
};

/** The later expiry of a token. Neither its parent nor the token that calls is outlived (NO-SELF-HELP). */
export const checkExtension = async (
  deps: ApiDeps,
  { tx, now, organizationId, principal }: Acting,
  { kind, createdAt, parentTokenId, expiresAt: present }: TokenRecord,
  asked: string | null,
): Promise<Instant | null> => {
  const { settings } = await deps.store.settings.lockForShare(tx, organizationId);
  const expiresAt = checkExpiry(asked === null ? null : Date.parse(asked), now, callingToken(principal));
  const parent = parentTokenId === null ? null : await deps.store.tokens.find(organizationId, parentTokenId, tx);
  checkExpiry(expiresAt, now, parent);
  if (present === null || (expiresAt !== null && expiresAt <= present)) {
    throw new LatchkeyError('EXPIRY_NOT_LATER', { expiresAt: present && iso(present) });
  }
  const plan = planExpiry({ settings, kind, asked: expiresAt, createdAt, parentExpiresAt: null });
  if (!plan.ok) throw refusalOfExpiry(plan);
  return expiresAt;
};

const callingToken = (principal: OrganizationPrincipal) => (principal.type === 'token' ? principal.token : null);

const refusalOfExpiry = (plan: Extract<ExpiryPlan, { readonly ok: false }>): LatchkeyError =>
  plan.code === 'EXPIRY_REQUIRED'
    ? new LatchkeyError(plan.code)
    : new LatchkeyError(plan.code, { latest: iso(plan.latest), maxLifetimeDays: plan.maxLifetimeDays });

const refuseAddresses = ({ addressRanges: allowed }: OrganizationSettings, ranges: readonly string[]): void => {
  const [inner, outer] = [parseAddressRanges(ranges), parseAddressRanges(allowed)];
  if (inner.ok && outer.ok && rangesAreWithin(inner.value, outer.value)) return;
  throw new LatchkeyError('ADDRESS_NOT_ALLOWED', { allowed });
};

/** Without a race: from here on nobody else issues in this organization until this token is stored, or isn't. */
const refuseTooMany = async (
  deps: ApiDeps,
  { tx, organizationId, principal }: Acting,
  { maxTokens: { ofMember, ofOrganization } }: OrganizationSettings,
  kind: 'personal' | 'service',
): Promise<void> => {
  if (ofOrganization === null && (ofMember === null || kind === 'service')) return;
  const ownerId = kind === 'personal' ? (memberOf(principal)?.memberId ?? null) : null;
  const count = await deps.store.settings.countTokens(tx, organizationId, ownerId);
  if (ofOrganization !== null && count.ofOrganization >= ofOrganization) {
    throw new LatchkeyError('TOO_MANY_TOKENS', { limit: ofOrganization, of: 'organization' });
  }
  if (ofMember !== null && ownerId !== null && count.ofMember >= ofMember) {
    throw new LatchkeyError('TOO_MANY_TOKENS', { limit: ofMember, of: 'member' });
  }
};

/** Refuses what has passed. `parent` is the token that issues this one: it isn't outlived. */
export const checkExpiry = (
  instant: Instant | null,
  now: Instant,
  parent: Pick<TokenRecord, 'expiresAt'> | null,
): Instant | null => {
  if (instant !== null && !(instant > now)) throw new LatchkeyError('EXPIRY_IN_PAST');
  const latest = parent?.expiresAt ?? null;
  if (latest !== null && (instant === null || instant > latest)) {
    throw new LatchkeyError('EXPIRY_AFTER_PARENT', { latest: iso(latest) });
  }
  return instant;
};

/** The ranges as they were written, read once; those of a token that a token issues lie within its parent's. */
export const checkAddressRanges = (
  ranges: readonly string[],
  parent: Pick<TokenRecord, 'addressRanges'> | null,
): readonly string[] => {
  const inner = parseAddressRanges(ranges);
  if (!inner.ok) {
    const problems = inner.problems.map(({ path, ...problem }) => ({
      ...problem,
      path: path === '' ? 'addressRanges' : `addressRanges[${path}]`,
    }));
    throw new LatchkeyError('ADDRESS_RANGE_INVALID', { problems });
  }
  const outer = parseAddressRanges(parent?.addressRanges ?? []);
  if (!outer.ok || !rangesAreWithin(inner.value, outer.value)) throw new LatchkeyError('ADDRESS_OUTSIDE_PARENT');
  return ranges;
};
