import type { TouchedTokenView } from '@latchkey/contract';
import type { Host, HostMember, PermissionCatalogue } from '@latchkey/core';
import { covers, intersect, type PermissionLayer, type PermissionSet } from '@latchkey/core/policy';
import type { TokenOfOwner, TokenRecord } from '@latchkey/store';
import type { ApiDeps } from '../deps.ts';
import type { OrganizationPrincipal } from '../principal.ts';
import { maySee } from '../tokens/sight.ts';
import { knownActions } from './differences-view.ts';
import { layersOf } from './effective-layers.ts';

/** How things stand on one side of a change: the host as it reads there, and the owner as that host knows it. */
export interface Side {
  readonly host: Host;
  owner(ownerId: string): Promise<HostMember | null>;
}

type Deps = Pick<ApiDeps, 'host' | 'logger' | 'store'>;

/**
 * What a change of somebody's permissions does to these personal tokens: whether each may still do all that it may do
 * now, and if not, a request that shows it. Those that lose something come first. Of tokens that the caller may not see
 * nothing is said: administering is not listing (NO-SELF-HELP).
 */
export const touchedTokens = async (
  deps: Deps,
  { principal, catalogue }: { readonly principal: OrganizationPrincipal; readonly catalogue: PermissionCatalogue },
  tokens: readonly TokenOfOwner[],
  /** `null` where there is no telling: the change can't be read. */
  change: { readonly before: Side; readonly after: Side } | null,
  nameOf: (ownerId: string) => string | null,
): Promise<TouchedTokenView[]> => {
  const { organizationId } = principal;
  const seen = tokens.filter((token) => maySee(principal, catalogue, { ...token, organizationId, kind: 'personal' }));
  // Many tokens of one owner inherit, or have the same statements: the same question is asked once (BOUNDED-WORK).
  const answers = new Map<string, Effect>();
  const touched: TouchedTokenView[] = [];
  for (const { tokenId, name, ownerId } of seen) {
    const token = await deps.store.tokens.find(organizationId, tokenId);
    if (token === null) continue;
    const question = JSON.stringify([ownerId, token.permissions]);
    const known = answers.get(question);
    const effect = known ?? (change === null ? UNDECIDED : await effectOn(deps, catalogue, token, change));
    answers.set(question, effect);
    touched.push({ tokenId, name, ownerId, ownerName: nameOf(ownerId), ...effect });
  }
  return touched.sort((a, b) => ORDER[a.effect] - ORDER[b.effect]);
};

type Effect = Pick<TouchedTokenView, 'effect' | 'witness'>;

const UNDECIDED: Effect = { effect: 'undecided', witness: null };

const ORDER = { loses: 0, undecided: 1, keeps: 2 } as const satisfies Record<Effect['effect'], number>;

const effectOn = async (
  deps: Deps,
  catalogue: PermissionCatalogue,
  token: TokenRecord,
  { before, after }: { readonly before: Side; readonly after: Side },
): Promise<Effect> => {
  const found = covers(
    await permissionsOn(deps, catalogue, token, after),
    await permissionsOn(deps, catalogue, token, before),
    { actions: knownActions(catalogue) },
  );
  if (found.covered === true) return { effect: 'keeps', witness: null };
  if (found.covered === 'undecided') return UNDECIDED;
  return { effect: 'loses', witness: { ...found.counterexample } };
};

const permissionsOn = async (
  deps: Deps,
  catalogue: PermissionCatalogue,
  token: TokenRecord,
  { host, owner }: Side,
): Promise<PermissionSet> => {
  const known = token.ownerId === null ? null : await owner(token.ownerId);
  return together(await layersOf({ ...deps, host }, { catalogue }, token, known));
};

const together = (layers: readonly PermissionLayer[]): PermissionSet => {
  const [first, ...others] = layers.map(({ permissions }) => permissions);
  // An intersection of nothing would allow everything.
  if (first === undefined) throw new Error('A token without any layer of permissions');
  return intersect(first, ...others);
};
