import type { Output } from '@latchkey/contract';
import { demoOrganizations } from '@latchkey/host';
import type { ApiDeps } from '../deps.ts';

/** Whom one may sign in as: the demo's members that are still active, where this is the demo. */
export const describeDemo = async (deps: ApiDeps): Promise<Output<'system', 'demo'>> => {
  if (deps.settings.demo !== true) return { demo: false, signInAs: [] };
  const everybody = demoOrganizations.flatMap(({ id, name, members }) =>
    members.map((member) => ({ organizationId: id, organizationName: name, member })),
  );
  const active = await Promise.all(
    everybody.map(async ({ organizationId, member }) => {
      const found = await deps.host.findMember(organizationId, member.id);
      return found?.status === 'active';
    }),
  );
  return {
    demo: true,
    signInAs: everybody
      .filter((_, index) => active[index])
      .map(({ organizationId, organizationName, member: { id, name, email, roles } }) => ({
        organizationId,
        organizationName,
        memberId: id,
        name,
        email,
        roles: [...roles],
      })),
  };
};
