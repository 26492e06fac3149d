import type { PermissionCatalogue } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import { InvalidResourceName, type Request, resource } from '@latchkey/core/policy';
import { demand } from '../permissions/demand.ts';
import type { OrganizationPrincipal } from '../principal.ts';

/** Refuses a project that the issuer has no access to: a token must not speak for what its issuer can't see. */
export const checkProject = (
  principal: OrganizationPrincipal,
  catalogue: PermissionCatalogue,
  project: string | undefined,
): string | null => {
  if (project === undefined) return null;
  demand(principal, accessTo(project, catalogue));
  return project;
};

/** Reading the type that environments lie below, whatever a host calls it. The project's tags aren't known here. */
const accessTo = (project: string, { resourceTypes }: PermissionCatalogue): Request => {
  const parents = resourceTypes.filter((type) =>
    resourceTypes.some((other) => other.resource.startsWith(`${type.resource}:`)),
  );
  for (const { type, resource: pattern, actions } of parents) {
    const read = actions.find(({ access }) => access === 'read');
    if (read === undefined || pattern.includes(':')) continue;
    try {
      return { action: read.name, resource: resource([type, project]) };
    } catch (error) {
      if (!(error instanceof InvalidResourceName)) throw error;
      const message = 'This is no key of a project.';
      throw new LatchkeyError('BAD_INPUT', { problems: [{ path: 'project', code: 'not_a_key', message }] });
    }
  }
  const message = 'This host has no projects.';
  throw new LatchkeyError('BAD_INPUT', { problems: [{ path: 'project', code: 'no_projects', message }] });
};
