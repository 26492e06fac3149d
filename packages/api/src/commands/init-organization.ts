import { randomUUID } from 'node:crypto';
import { mintRoutingKey } from '@latchkey/core/token';
import { cataloguePolicyId, DirectoryRefusal, featbitCatalogue, launchdarklyCatalogue } from '@latchkey/host';
import { issueSignInLink, type SignInLink } from '../session/issue-sign-in-link.ts';
import { CommandFailed } from './exit.ts';
import type { CommandDeps } from './open-deps.ts';
import { operatorEvent } from './operator-event.ts';

export interface NewOrganization {
  readonly name: string;
  /** Made from the name where it is left out. */
  readonly organizationId?: string;
  readonly dialect: 'featbit' | 'launchdarkly';
  readonly owner: { readonly email: string; readonly name: string };
}

const catalogues = { featbit: featbitCatalogue, launchdarkly: launchdarklyCatalogue } as const;

/** A first organization with its Owner, and a link for them to sign in by. @throws CommandFailed where it exists. */
export const initOrganization = async (deps: CommandDeps, input: NewOrganization): Promise<SignInLink> => {
  const { store, directory, clock } = deps;
  const organizationId = input.organizationId ?? slug(input.name);
  const memberId = randomUUID();
  await store.unitOfWork
    .run(async (tx) => {
      if ((await store.organizations.find(organizationId, tx)) !== null) {
        throw new CommandFailed(`There is an organization ${organizationId} already; give another with --id.`);
      }
      const createdAt = clock.now();
      await directory.organizations.insert(tx, {
        organizationId,
        name: input.name,
        catalogue: catalogues[input.dialect],
      });
      await store.organizations.insert(tx, {
        organizationId,
        name: input.name,
        routingKey: mintRoutingKey(deps.crypto),
        createdAt,
      });
      await directory.members.insert(tx, organizationId, {
        memberId,
        email: input.owner.email,
        name: input.owner.name,
        locale: 'en',
        memberSince: createdAt,
        policyIds: [cataloguePolicyId('Owner')],
        groupIds: [],
      });
      await store.audit.append(tx, [
        operatorEvent(organizationId, createdAt, 'organization.created', { type: 'organization', id: organizationId }),
        operatorEvent(organizationId, createdAt, 'member.added', { type: 'member', id: memberId }),
      ]);
    })
    .catch((error) => {
      if (error instanceof DirectoryRefusal) throw new CommandFailed(error.message, { cause: error });
      throw error;
    });
  return issueSignInLink(deps, organizationId, memberId);
};

const slug = (name: string): string => {
  const text = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48);
  return text === '' ? randomUUID() : text;
};
