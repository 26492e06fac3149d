import type { Output, ParsedInput } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import { type OrganizationSettings, parseAddressRanges, rangesAreWithin } from '@latchkey/core/lifecycle';
import type { TokenOutOfBounds } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import { actOnce } from '../acting/act-once.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { withoutUndefined } from '../pages/without-undefined.ts';
import { demand } from '../permissions/demand.ts';
import { iso } from '../tokens/token-view.ts';
import { checkSettings } from './check-settings.ts';
import { toSettingsView } from './settings-view.ts';

type UpdateOutput = Output<'settings', 'update'>;

/** Of each list (BOUNDED-WORK). */
const SHOWN = 100;

/**
 * Changes what the organization demands of tokens, or says what a change would mean. Tokens that are out of bounds then
 * are listed and go on: nobody's automation ends by a form.
 */
export const updateSettings = (
  deps: ApiDeps,
  by: Caller,
  input: ParsedInput<'settings', 'update'>,
): Promise<UpdateOutput> =>
  actOnce(deps, by, { procedure: 'settings.update', input }, {}, async (acting) => {
    const { tx, organizationId, principal, catalogue } = acting;
    demand(principal, catalogue.management.administer);
    const { dryRun, revision, idempotencyKey: _, ...given } = input;
    // After owners' gates: issuing takes them in the same order.
    const before = await deps.store.settings.lockForUpdate(tx, organizationId);
    if (revision !== undefined && revision !== before.revision) {
      throw new LatchkeyError('CONFLICT', { revision: before.revision });
    }
    const chosen = withoutUndefined(given);
    const settings: OrganizationSettings = { ...before.settings, ...inOrder(chosen) };
    checkSettings(settings);
    const changed = changedKeys(before.settings, settings);
    const consequences = await consequencesOf(deps, acting, settings);
    const answer = { dryRun, changed, ...consequences };
    if (dryRun || changed.length === 0) {
      return { settings: toSettingsView(settings), revision: before.revision, ...answer };
    }
    const after = await deps.store.settings.save(tx, organizationId, settings);
    await acting.audit({
      action: 'organization.settings_changed',
      target: { type: 'organization', id: organizationId },
      details: Object.fromEntries(changed.map((key) => [key, { from: before.settings[key], to: settings[key] }])),
    });
    return { settings: toSettingsView(after.settings), revision: after.revision, ...answer };
  });

const inOrder = <T extends { readonly reminderDays?: readonly number[] }>(chosen: T): T =>
  chosen.reminderDays === undefined
    ? chosen
    : { ...chosen, reminderDays: [...new Set(chosen.reminderDays)].sort((a, b) => b - a) };

const changedKeys = (before: OrganizationSettings, after: OrganizationSettings) =>
  (Object.keys(after) as (keyof OrganizationSettings)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );

const consequencesOf = async (
  deps: ApiDeps,
  { tx, now, organizationId }: Acting,
  settings: OrganizationSettings,
): Promise<Pick<UpdateOutput, 'outOfBounds' | 'overLimit'>> => {
  const found = await deps.store.settings.listOutOfBounds(organizationId, settings, SHOWN, now, tx);
  const items = found.tokens.flatMap((token) => withExactReasons(token, settings));
  const { ofMember } = settings.maxTokens;
  return {
    outOfBounds: { items, total: found.total - (found.tokens.length - items.length) },
    overLimit:
      ofMember === null ? [] : [...(await deps.store.settings.listOverLimit(organizationId, ofMember, SHOWN, tx))],
  };
};

/** The database compares range by range; two that cover one together are seen here. */
const withExactReasons = (token: TokenOutOfBounds, settings: OrganizationSettings) => {
  const [inner, outer] = [parseAddressRanges(token.addressRanges), parseAddressRanges(settings.addressRanges)];
  const within = inner.ok && outer.ok && rangesAreWithin(inner.value, outer.value);
  const because = token.because.filter((reason) => reason !== 'address' || !within);
  if (because.length === 0) return [];
  const { tokenId, name, kind, ownerId, expiresAt } = token;
  return [{ tokenId, name, kind, ownerId, expiresAt: expiresAt === null ? null : iso(expiresAt), because }];
};
