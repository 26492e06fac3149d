import type { HostMember, Tx } from '@latchkey/core';
import { mintRoutingKey, mintToken } from '@latchkey/core/token';
import { cloneTemplate, createTemplate } from '@latchkey/embedded';
import type {} from '@latchkey/embedded/vitest-setup';
import {
  createEmbeddedDirectory,
  type Directory,
  demoOrganizations,
  directoryEntities,
  seedDemo,
} from '@latchkey/host';
import { directoryGrants, directoryMigrations } from '@latchkey/host/migrations';
import { migrateStore, type OpenStore, openStore } from '@latchkey/store';
import { pino } from 'pino';
import { inject } from 'vitest';
import { authenticateToken } from '../src/authenticate/authenticate-token.ts';
import { noUses } from '../src/authenticate/record-uses.ts';
import type { ApiContext, CallOrigin } from '../src/context.ts';
import type { ApiDeps } from '../src/deps.ts';
import { nodeCrypto } from '../src/node-crypto.ts';
import { memberLayers } from '../src/permissions/effective-layers.ts';
import type { MemberPrincipal, Principal } from '../src/principal.ts';
import { createSettler } from '../src/settling/settler.ts';
import { appRouter } from '../src/trpc/router.ts';
import { createVerifying } from '../src/verifying/create-verifying.ts';

const ROLE = { suffix: '_api_test', password: 'api-password-of-tests' } as const;

export type Caller = ReturnType<typeof appRouter.createCaller>;

/** The demo organizations on a database of their own, as the role of the API, called through the router. */
export interface Installation {
  readonly deps: ApiDeps & { readonly store: OpenStore; readonly directory: Directory };
  /** What was logged, line by line. */
  readonly logged: readonly string[];
  readonly call: CallOrigin;
  /** Anybody, or nobody; with other parts where the far side of a port shall misbehave. */
  as(principal: Principal | null, parts?: Partial<ApiDeps>): Caller;
  /** A member by session, with the permissions that it has now. */
  member(organizationId: string, memberId: string, parts?: Partial<ApiDeps>): Promise<Caller>;
  /** Whoever presents this text, which has to be accepted. */
  token(text: string, parts?: Partial<ApiDeps>): Promise<Caller>;
  /** A sibling service with a verifier credential for all or for these organizations. */
  verifier(organizationIds?: readonly string[], parts?: Partial<ApiDeps>): Caller;
  /** Who runs the installation, with an operator credential. */
  operator(parts?: Partial<ApiDeps>): Caller;
  principal(organizationId: string, memberId: string): Promise<MemberPrincipal>;
  /** In a transaction of somebody else's that stays open until it is told to end. */
  hold(): Promise<{ readonly tx: Tx; commit(): Promise<void> }>;
  /** Statements of this database that wait for a lock. */
  waiting(): Promise<number>;
  sql<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** As the superuser, past every grant. */
  bend(text: string, values?: readonly unknown[]): Promise<void>;
  /** The same database as its superuser, to be closed by whoever asks. */
  admin(): Promise<OpenStore>;
  /** The same database with the rights of the worker. */
  workerStore(): Promise<OpenStore>;
  /** Every row of every table, as the superuser reads them. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

const key = (id: string) => ({ id, bytes: nodeCrypto.sha256(id) });

export interface InstallationOptions {
  /** Something to be done to the database, by its superuser, before anybody else is connected to it. */
  readonly prepare?: (adminUrl: string) => Promise<void>;
}

export const openInstallation = async ({ prepare }: InstallationOptions = {}): Promise<Installation> => {
  const template = await createTemplate(inject('postgresUrl'), 'api-migrated', (adminUrl) =>
    migrateStore({
      adminUrl,
      apiPassword: ROLE.password,
      workerPassword: ROLE.password,
      roleSuffix: ROLE.suffix,
      entities: directoryEntities,
      migrations: directoryMigrations,
      grants: directoryGrants,
    }),
  );
  const database = await cloneTemplate(template);
  await prepare?.(database.url);
  const url = new URL(database.url);
  url.username = `latchkey_api${ROLE.suffix}`;
  url.password = ROLE.password;
  const store = await openStore({
    url: url.href,
    applicationName: 'api-test',
    entities: directoryEntities,
    migrations: directoryMigrations,
  });
  const clock = { now: () => Date.now() };
  const { entityManagerOf, entityManager } = store;
  const directory = createEmbeddedDirectory({ entityManagerOf, entityManager, clock, keeper: store.permissionSets });
  const logged: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  const settler = createSettler({ feed: store.feed, logger });
  // This database is nobody else's: there is no verifier of before that a stop would have to wait for.
  settler.observe(await store.feed.incarnation(), Number.NEGATIVE_INFINITY);
  const parts = {
    store,
    host: directory.host,
    directory,
    crypto: nodeCrypto,
    logger,
    keys: { peppers: [key('pepper-1')], tagKeys: [key('tag-1')], cursorKeys: [key('cursor-1')] },
    settings: {
      prefixes: ['lk'],
      publicUrl: 'http://127.0.0.1',
      sessionIdleMs: 3_600_000,
      sessionAbsoluteMs: 43_200_000,
      signInLinkMs: 900_000,
      signInAttempts: { count: 20, windowMs: 60_000 },
      trustedProxyCount: 0,
    },
  } as const;
  // Follows no feed: each verification asks the store.
  const verifying = createVerifying(parts);
  const deps = { ...parts, clock, verifying, verifier: verifying.verifier, uses: noUses, settler } satisfies ApiDeps;
  await seed(deps);
  const workerStores: OpenStore[] = [];
  const call = { requestId: 'request-1', address: '192.0.2.7', client: 'vitest' };
  const as = (principal: Principal | null, parts: Partial<ApiDeps> = {}): Caller => {
    const context: ApiContext = { deps: { ...deps, ...parts }, principal, call, clearSession: () => undefined };
    return appRouter.createCaller(context);
  };
  const principal = async (organizationId: string, memberId: string): Promise<MemberPrincipal> => {
    const member = await activeMember(deps, organizationId, memberId);
    const layers = await memberLayers(deps, organizationId, member);
    return { type: 'member', organizationId, member, layers, session: { createdAt: clock.now(), digest: null } };
  };
  const credential = (role: 'verifier' | 'operator', organizationIds?: readonly string[]): Principal => {
    const format = { prefix: 'lk', kind: 'system', routingKey: '000', tagKeys: deps.keys.tagKeys } as const;
    return {
      type: 'credential',
      credential: {
        credentialId: mintToken(nodeCrypto, format).tokenId,
        role,
        name: role === 'verifier' ? 'sibling service' : 'operator',
        organizationIds: organizationIds ?? null,
        createdAt: clock.now(),
        revokedAt: null,
        recalled: false,
      },
      stands: () => true,
    };
  };
  return {
    deps,
    logged,
    call,
    as,
    principal,
    member: async (organizationId, memberId, parts) => as(await principal(organizationId, memberId), parts),
    token: async (text, parts) => {
      const found = await authenticateToken(deps, { text, address: call.address, client: call.client });
      if (!found.accepted) throw new Error(`refused with ${found.status}`);
      return as(found.principal, parts);
    },
    verifier: (organizationIds, parts) => as(credential('verifier', organizationIds), parts),
    operator: (parts) => as(credential('operator'), parts),
    hold: async () => {
      const ready = Promise.withResolvers<Tx>();
      const end = Promise.withResolvers<void>();
      const done = store.unitOfWork.run(async (tx) => {
        ready.resolve(tx);
        await end.promise;
      });
      return {
        tx: await ready.promise,
        commit: async () => {
          end.resolve();
          await done;
        },
      };
    },
    waiting: async () => {
      const [row] = await entityManager().execute<{ count: number }[]>(
        "select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      );
      return row?.count ?? 0;
    },
    sql: (text, values = []) => entityManager().execute(text, [...values]),
    bend: async (text, values = []) => {
      const admin = await openStore({ url: database.url, applicationName: 'api-test-bend', poolMax: 1 });
      try {
        await admin.entityManager().execute(text, [...values]);
      } finally {
        await admin.close();
      }
    },
    admin: () => openStore({ url: database.url, applicationName: 'api-test-admin', poolMax: 1 }),
    workerStore: async () => {
      const workerUrl = new URL(url);
      workerUrl.username = `latchkey_worker${ROLE.suffix}`;
      const opened = await openStore({ url: workerUrl.href, applicationName: 'api-test-worker' });
      workerStores.push(opened);
      return opened;
    },
    dump: () => dumpOf(database.url),
    close: async () => {
      settler.close();
      await Promise.all(workerStores.map((each) => each.close()));
      await store.close();
      await database.drop();
    },
  };
};

const dumpOf = async (url: string): Promise<string> => {
  const admin = await openStore({ url, applicationName: 'api-test-dump', poolMax: 1 });
  try {
    const tables = await admin
      .entityManager()
      .execute<{ name: string }[]>(
        "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('latchkey', 'iam')",
      );
    const texts: string[] = [];
    for (const { name } of tables) {
      const rows = await admin.entityManager().execute<{ row: string }[]>(`select t::text as row from ${name} t`);
      texts.push(name, ...rows.map(({ row }) => row));
    }
    return texts.join('\n');
  } finally {
    await admin.close();
  }
};

const seed = async ({ store, directory, crypto, clock }: Installation['deps']): Promise<void> => {
  await store.unitOfWork.run(async (tx) => {
    await seedDemo({ directory, clock }, tx);
    for (const { id: organizationId, name } of demoOrganizations) {
      const routingKey = mintRoutingKey(crypto);
      await store.organizations.insert(tx, { organizationId, name, routingKey, createdAt: clock.now() });
    }
  });
};

const activeMember = async (
  { host }: Pick<ApiDeps, 'host'>,
  organizationId: string,
  memberId: string,
): Promise<HostMember> => {
  const member = await host.findMember(organizationId, memberId);
  if (member === null) throw new Error(`no member ${memberId} in ${organizationId}`);
  return member;
};
