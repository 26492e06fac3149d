import type { Clock, Host, HostMember } from '@latchkey/core';
import { compilePermissions, decideLayers, readHostPolicies } from '@latchkey/core/policy';
import type { Store } from '@latchkey/store';

export interface Recipient {
  readonly member: HostMember;
  /** Why it is told. */
  readonly as: 'owner' | 'administrator';
}

/** Whom to tell of something. */
export interface Audience {
  readonly organizationId: string;
  /** Whose it is. */
  readonly memberIds: readonly string[];
  readonly administrators: boolean;
}

export type FindRecipients = (audience: Audience) => Promise<readonly Recipient[]>;

/** Of administrators alone: an organization where everybody is one would be told by the thousand (BOUNDED-WORK). */
const mostAdministrators = 50;
const pageSize = 200;
const keptMs = 5 * 60_000;

/**
 * The members who are told, as the host knows them now; nobody who was removed. Who administers is asked of every member's
 * policies, and kept for five minutes: it decides who hears of something, never who may do something.
 * @throws HostUnavailable
 */
export const createFindRecipients = ({
  host,
  clock,
}: {
  readonly host: Pick<Host, 'findMember' | 'listMembers' | 'catalogue'>;
  readonly clock: Clock;
}): FindRecipients => {
  const kept = new Map<string, { readonly until: number; readonly memberIds: readonly string[] }>();

  const administratorsOf = async (organizationId: string): Promise<readonly string[]> => {
    const now = clock.now();
    const before = kept.get(organizationId);
    if (before !== undefined && before.until > now) return before.memberIds;
    const memberIds = await listAdministrators(host, organizationId);
    kept.set(organizationId, { until: now + keptMs, memberIds });
    return memberIds;
  };

  return async ({ organizationId, memberIds, administrators }) => {
    const owners = new Set(memberIds);
    const more = administrators ? await administratorsOf(organizationId) : [];
    const found: Recipient[] = [];
    for (const memberId of new Set([...owners, ...more])) {
      const member = await host.findMember(organizationId, memberId);
      if (member?.status !== 'active') continue;
      found.push({ member, as: owners.has(memberId) ? 'owner' : 'administrator' });
    }
    return found;
  };
};

const listAdministrators = async (
  host: Pick<Host, 'listMembers' | 'catalogue'>,
  organizationId: string,
): Promise<readonly string[]> => {
  const { dialect, management } = await host.catalogue(organizationId);
  const found: string[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await host.listMembers(organizationId, {
      ...(after === undefined ? {} : { after }),
      limit: pageSize,
    });
    for (const member of page) {
      if (member.status !== 'active') continue;
      const { policies } = readHostPolicies(member.policies, dialect);
      const permissions = compilePermissions(policies, { dialect, attributes: member.attributes });
      const { effect } = decideLayers([{ layer: 'owner', permissions }], management.administer);
      if (effect === 'allow') found.push(member.memberId);
      if (found.length === mostAdministrators) return found;
    }
    after = page.at(-1)?.memberId;
    if (page.length < pageSize || after === undefined) return found;
  }
};

/** By the organization's choice: the token's owner, or the member who issued a service token, and administrators. */
export const audienceOf = async (
  store: Pick<Store, 'settings'>,
  { organizationId, memberId }: { readonly organizationId: string; readonly memberId: string | null },
): Promise<Audience> => {
  const { told } = (await store.settings.find(organizationId)).settings;
  return {
    organizationId,
    memberIds: told.owner && memberId !== null ? [memberId] : [],
    administrators: told.administrators,
  };
};
