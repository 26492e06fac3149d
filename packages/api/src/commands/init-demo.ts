import type { HostMember } from '@latchkey/core';
import { nameKey } from '@latchkey/core/lifecycle';
import { mintRoutingKey } from '@latchkey/core/token';
import { demoOrganizations, seedDemo } from '@latchkey/host';
import { memberLayers } from '../permissions/effective-layers.ts';
import { issueToken } from '../tokens/issue.ts';
import type { CommandDeps } from './open-deps.ts';
import { operatorEvent } from './operator-event.ts';

/** Whose token `demoToken` is. */
const DEVELOPER = { organizationId: 'acme', memberId: 'dana' } as const;
const DEMO_TOKEN_NAME = 'Demo token';

export interface DemoReport {
  readonly organizations: readonly {
    readonly id: string;
    readonly name: string;
    readonly dialect: string;
    readonly members: readonly {
      readonly id: string;
      readonly name: string;
      readonly email: string;
      readonly role: string;
    }[];
  }[];
  /** Only the first time: nobody can be told it again (SECRET-ONCE). */
  readonly demoToken?: string;
}

/** Seeds what of the demo is not there yet, and issues the demo developer's token with it. */
export const initDemo = async (deps: CommandDeps): Promise<DemoReport> => {
  const { store, directory, clock } = deps;
  await store.unitOfWork.run(async (tx) => {
    await seedDemo({ directory, clock }, tx);
    for (const { id: organizationId, name } of demoOrganizations) {
      if ((await store.organizations.find(organizationId, tx)) !== null) continue;
      const createdAt = clock.now();
      await store.organizations.insert(tx, {
        organizationId,
        name,
        routingKey: mintRoutingKey(deps.crypto),
        createdAt,
      });
      const target = { type: 'organization', id: organizationId } as const;
      await store.audit.append(tx, [
        operatorEvent(organizationId, createdAt, 'organization.created', target, { demo: true }),
      ]);
    }
  });
  const developer = await directory.members.find(DEVELOPER.organizationId, DEVELOPER.memberId);
  const wanted = developer?.status === 'active' && !(await wasIssued(deps));
  return {
    organizations: await reportOrganizations(deps),
    ...(wanted ? { demoToken: await issueDemoToken(deps, developer) } : {}),
  };
};

/**
 * A start that was killed between seeding and issuing is made good by the next one; a token that somebody has revoked or
 * renamed since is not brought back.
 */
const wasIssued = async ({ store }: CommandDeps): Promise<boolean> => {
  const { organizationId, memberId } = DEVELOPER;
  if (await store.tokens.isNameTaken(organizationId, nameKey(DEMO_TOKEN_NAME))) return true;
  const filter = { action: 'token.issued', actorId: memberId } as const;
  const events = await store.audit.list(organizationId, { filter, limit: 200 });
  return events.some(({ details }) => details['name'] === DEMO_TOKEN_NAME);
};

/** Through the same command as every token, as the developer's own: with the same checks and the same audit event. */
const issueDemoToken = async (deps: CommandDeps, developer: HostMember): Promise<string> => {
  const { organizationId } = DEVELOPER;
  const layers = await memberLayers(deps, organizationId, developer);
  const session = { createdAt: deps.clock.now(), digest: null };
  const principal = { type: 'member', organizationId, member: developer, layers, session } as const;
  const call = { requestId: 'init-demo', address: null, client: 'latchkey-server init' };
  const { tokenText } = await issueToken(
    deps,
    { principal, call },
    { kind: 'personal', name: DEMO_TOKEN_NAME, addressRanges: [] },
  );
  return tokenText;
};

/** As it stands now: members who were removed or added since are not the seed's. */
const reportOrganizations = async ({ directory }: CommandDeps): Promise<DemoReport['organizations']> => {
  const report: DemoReport['organizations'][number][] = [];
  for (const { id, name, dialect, members } of demoOrganizations) {
    const active: DemoReport['organizations'][number]['members'][number][] = [];
    for (const { id: memberId, roles } of members) {
      const member = await directory.members.find(id, memberId);
      if (member?.status !== 'active') continue;
      active.push({ id: memberId, name: member.name, email: member.email, role: roles.join(', ') });
    }
    report.push({ id, name, dialect, members: active });
  }
  return report;
};
