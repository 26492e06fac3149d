import type { Host, HostMember, PermissionCatalogue } from '@latchkey/core';
import { type Coverage, compilePermissions, type PermissionLayer } from '@latchkey/core/policy';
import type { TokenRecord } from '@latchkey/store';
import type { ApiDeps } from '../deps.ts';
import { layersOf, memberLayer } from '../permissions/effective-layers.ts';
import { coverage } from '../permissions/require-covered.ts';
import { coverageByOwner } from './personal-permissions.ts';

/** Tells of one token after the other whether it could be issued like this now. */
export interface ExcessFinder {
  /** `covered: false`, with a request that shows it, where the token has more than its owner or its issuer has by now. */
  find(token: TokenRecord): Promise<Coverage>;
  /** How many comparisons have been made: what it has cost (BOUNDED-WORK). */
  comparedCount(): number;
}

type Deps = Pick<ApiDeps, 'store' | 'host' | 'logger' | 'crypto'>;

/**
 * Over-privileged is a token whose permissions it could not be given again: a personal one that names what its owner
 * doesn't have any more (by the same measure as issuing: the owner's denies simply apply), and a service one that the
 * member or token that issued it doesn't cover any more. Who was removed has nothing. What can't be decided isn't shown to
 * be too much, and is said so.
 */
export const createExcessFinder = (
  deps: Deps,
  { organizationId, catalogue }: { readonly organizationId: string; readonly catalogue: PermissionCatalogue },
): ExcessFinder => {
  const members = new Map<string, Promise<HostMember | null>>();
  const answers = new Map<string, Promise<Coverage>>();
  const memberOf: Pick<Host, 'findMember'>['findMember'] = (_, memberId) => {
    const found = members.get(memberId) ?? deps.host.findMember(organizationId, memberId);
    members.set(memberId, found);
    return found;
  };
  const issuerLayers = async ({ issuer }: TokenRecord): Promise<readonly PermissionLayer[]> => {
    if (issuer.type === 'member') {
      const member = await memberOf(organizationId, issuer.id);
      return [member === null ? nothing(catalogue) : memberLayer(deps, catalogue, member)];
    }
    const token = await deps.store.tokens.find(organizationId, issuer.id);
    if (token === null) return [nothing(catalogue)];
    const owner = token.ownerId === null ? null : await memberOf(organizationId, token.ownerId);
    return layersOf(deps, { catalogue }, token, owner);
  };
  const compare = async (token: TokenRecord): Promise<Coverage> => {
    const { permissions } = token;
    if (permissions.type === 'frozen') {
      return coverage(await issuerLayers(token), await layersOf(deps, { catalogue }, token, null));
    }
    const owner = token.ownerId === null ? null : await memberOf(organizationId, token.ownerId);
    const policies = owner?.status === 'active' ? owner.policies : [];
    const held = { ...(owner ?? nobody(organizationId)), policies };
    return coverageByOwner(deps, { organizationId, catalogue, owner: held }, permissions);
  };
  return {
    comparedCount: () => answers.size,
    find: (token) => {
      // Its owner's own by intention, whatever the owner has.
      if (token.permissions.type === 'inherit') return Promise.resolve({ covered: true });
      // Many tokens of one owner have the same statements: the same question is asked once.
      const { kind, ownerId, issuer, permissions } = token;
      const against = kind === 'personal' ? ['owner', ownerId] : [issuer.type, issuer.id];
      const question = Buffer.from(deps.crypto.sha256(JSON.stringify([against, permissions]))).toString('base64url');
      const answer = answers.get(question) ?? compare(token);
      answers.set(question, answer);
      return answer;
    },
  };
};

const nothing = ({ dialect }: PermissionCatalogue): PermissionLayer => ({
  layer: 'owner',
  permissions: compilePermissions([], { dialect }),
});

const nobody = (organizationId: string): HostMember => ({
  ...{ organizationId, memberId: '', name: '', email: '', locale: '' },
  ...{ status: 'removed', memberSince: 0, policies: [], attributes: {}, revision: '' },
});
