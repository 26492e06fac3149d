import type { Output, ParsedInput } from '@latchkey/contract';
import type { FrozenPermissions, HostMember, PermissionCatalogue, TokenPermissions } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { serviceDenies, withDenies } from '@latchkey/core/policy';
import type { TokenRecord } from '@latchkey/store';
import type { Acting } from '../acting/act.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { layersOf } from '../permissions/effective-layers.ts';
import { ownLayer } from '../permissions/own-layer.ts';
import { requireCovered } from '../permissions/require-covered.ts';
import { authorize } from './authorize.ts';
import { checkName, checkTerms } from './check-terms.ts';
import { frozenPermissions } from './frozen-permissions.ts';
import { repeatIssue, requireIssuable, requireIssuer, requirePin } from './issuing.ts';
import { personalPermissions } from './personal-permissions.ts';
import { requireEditable } from './require-editable.ts';
import { revealOnce } from './reveal-once.ts';
import { storeToken } from './store-token.ts';
import { iso } from './token-view.ts';

type CloneInput = ParsedInput<'tokens', 'clone'>;

/**
 * Issues a new token with the permissions of another, or narrower ones, under a new name. Every check of issuing applies
 * again, now: the original may have been issued by somebody who could do more, or under other settings (NO-ESCALATION).
 */
export const cloneToken = (deps: ApiDeps, by: Caller, input: CloneInput): Promise<Output<'tokens', 'clone'>> => {
  checkName(input.name);
  const work = async (acting: Acting) => {
    const { target: original } = authorize(acting, 'clone');
    requireEditable(original, undefined);
    const { kind, ownerId, tokenId } = original;
    requirePin(deps, kind);
    const issuer = requireIssuer(acting, kind);
    const permissions = await permissionsOf(deps, acting, issuer, original, input);
    const terms = await checkTerms(deps, acting, { kind, ...askedOf(original, input, acting) });
    await requireIssuable(deps, acting, issuer, permissions);
    const { name, description = original.description } = input;
    const token = { kind, name, description, ownerId, permissions, ...terms };
    return storeToken(deps, acting, token, { clonedFrom: tokenId });
  };
  const options = { target: input.tokenId, pin: true };
  return revealOnce(deps, by, { procedure: 'tokens.clone', input }, options, work, repeatIssue(deps));
};

/** The original's, or narrower ones: a clone is no way to more than it was made from. */
const permissionsOf = async (
  deps: ApiDeps,
  { tx, organizationId, catalogue }: Acting,
  issuer: HostMember,
  { kind, permissions: present }: TokenRecord,
  { permissions: asked }: CloneInput,
): Promise<TokenPermissions> => {
  if (asked === undefined) return present.type === 'frozen' ? withPresentDenies(present, catalogue) : present;
  const scope = { organizationId, catalogue, owner: issuer, tx };
  const owner = kind === 'service' ? null : issuer;
  const permissions =
    kind === 'service' ? await frozenPermissions(deps, scope, asked) : await personalPermissions(deps, scope, asked);
  const layers = await layersOf(deps, scope, { organizationId, kind, permissions }, owner);
  requireCovered([await ownLayer(deps, scope, present)], layers);
  return permissions;
};

/** What isn't said is taken over, save an expiry that has passed. */
const askedOf = ({ expiresAt, addressRanges, project }: TokenRecord, input: CloneInput, { now }: Acting) => {
  const kept = expiresAt !== null && expiresAt > now ? iso(expiresAt) : undefined;
  return {
    expiresAt: input.expiresAt === undefined ? kept : input.expiresAt,
    addressRanges: input.addressRanges ?? addressRanges,
    project: input.project === undefined ? project : input.project,
  };
};

/** The catalogue may withhold more from service tokens than it did when the original was issued. */
const withPresentDenies = (permissions: FrozenPermissions, catalogue: PermissionCatalogue): FrozenPermissions => {
  if (permissions.dialect !== catalogue.dialect) {
    throw new LatchkeyError('PERMISSIONS_UNDECIDED', { reason: 'It was issued in another dialect.' });
  }
  const isIn = (deny: string) =>
    permissions.policies.every(({ statements }) => statements.some((each) => JSON.stringify(each) === deny));
  const missing = serviceDenies(catalogue).filter((deny) => !isIn(JSON.stringify(deny)));
  return { ...permissions, policies: withDenies(permissions.policies, missing) };
};
