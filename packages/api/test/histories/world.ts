import { LatchkeyError } from '@latchkey/core/errors';
import { mintRoutingKey } from '@latchkey/core/token';
import { TRPCError } from '@trpc/server';
import { authenticateToken } from '../../src/authenticate/authenticate-token.ts';
import { nodeCrypto } from '../../src/node-crypto.ts';
import type { Principal } from '../../src/principal.ts';
import type { HeldClock } from '../held-clock.ts';
import type { Caller, Installation } from '../installation.ts';
import { DIALECTS, type ModelDialect, statementsOf } from './dialects.ts';
import type { Actor, Model, ModelOrganization } from './model.ts';
import { POWER, type Text } from './powers.ts';

/** The server that a history is played on. */
export interface World {
  readonly installation: Installation;
  readonly setClock: HeldClock['setClock'];
  /** Whoever an actor is to the server now; with `stale`, whoever it was when it last called, if it has. */
  caller(actor: Actor, stale: boolean): Promise<Caller>;
  /** A name that nobody has used. */
  name(): string;
  /** Which step is under way, and what came of such steps so far, in all histories. */
  readonly step: string;
  readonly outcomes: Map<string, number>;
}

/** Which kind of host each of the two is in. */
export type Dialects = readonly [DialectName, DialectName];
type DialectName = keyof typeof DIALECTS;

/** Histories are played one after the other, each in two organizations that nobody has seen before. */
export interface Stage {
  open(now: number, dialects: Dialects): Promise<{ world: World; model: Model }>;
  /** What came of every step so far. */
  readonly outcomes: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** What an organization has at first, beside the catalogue's policies. */
const TEXTS: readonly Text[] = [
  { allow: POWER.personal | POWER.toggleDev, deny: 0, wildcard: 0 },
  {
    allow: POWER.list | POWER.personal | POWER.service | POWER.toggleDev | POWER.toggleProd | POWER.deleteDev,
    deny: 0,
    wildcard: 0,
  },
  { allow: POWER.administer | POWER.list | POWER.toggleDev, deny: 0, wildcard: 0 },
  { allow: POWER.withheld | POWER.toggleProd, deny: POWER.deleteDev | POWER.toggleDev, wildcard: 0 },
];
/** Who there is beside the Owner and somebody of each other role of the host's. */
const MEMBERS: readonly (readonly number[])[] = [[1], [0], [0, 1], [1, 2], [0, 3], []];

/** Makes two organizations of each kind once; each history is given copies of two of them. */
export const openStage = async ({ installation, setClock }: HeldClock): Promise<Stage> => {
  const two = async (dialect: ModelDialect) => [
    await addOrganization(installation, dialect, `a-${dialect.title}`),
    await addOrganization(installation, dialect, `b-${dialect.title}`),
  ];
  const all = { featbit: await two(DIALECTS.featbit), launchdarkly: await two(DIALECTS.launchdarkly) };
  const copier = await openCopier(installation);
  const outcomes = new Map<string, number>();
  let histories = 0;
  return {
    outcomes,
    open: async (now, dialects) => {
      histories += 1;
      await setClock(now);
      const originals = dialects.flatMap((name, index) => all[name][index] ?? []);
      const organizations = originals.map((original) =>
        copyOf(original, `history-${histories}-${original.organizationId}`),
      );
      for (const [index, { organizationId }] of organizations.entries()) {
        await copier.copy(originals[index]?.organizationId ?? '', organizationId, mintRoutingKey(nodeCrypto));
      }
      const principals = new Map<string, Principal>();
      let names = 0;
      const caller: World['caller'] = async (actor, stale) => {
        const key = actor.type === 'member' ? actor.memberId : actor.secret.text;
        const before = stale ? principals.get(key) : undefined;
        const principal = before ?? (await principalOf(installation, actor));
        principals.set(key, principal);
        return installation.as(principal);
      };
      const name = () => `history ${histories} ${++names}`;
      const world: World = { installation, setClock, caller, name, step: '', outcomes };
      return { world, model: { now, organizations, tokens: [] } };
    },
    close: () => copier.close(),
  };
};

const copyOf = ({ dialect, members, policies }: ModelOrganization, organizationId: string): ModelOrganization => ({
  organizationId,
  dialect,
  members: members.map((member) => ({ ...member })),
  policies: policies.map((policy) => ({ ...policy })),
});

/** An organization is its rows: to copy those takes a hundredth of the time that its making takes. */
const openCopier = async (installation: Installation) => {
  const admin = await installation.admin();
  const em = admin.entityManager();
  await em.execute(`
    create function public.copy_organization(original text, copy text, key text) returns void as $$
    declare name regclass;
    begin
      set local session_replication_role = replica;
      for name in select c.attrelid::regclass from pg_attribute c join pg_class k on k.oid = c.attrelid
                   where c.attname = 'organization_id' and k.relkind = 'r'
                     and k.relnamespace in ('latchkey'::regnamespace, 'iam'::regnamespace)
      loop
        execute format('insert into %s select (jsonb_populate_record(t, jsonb_build_object(''organization_id'', $2)
          || case when %L = ''latchkey.organization'' then jsonb_build_object(''routing_key'', $3) else ''{}'' end)).*
          from %s t where organization_id = $1', name, name, name) using original, copy, key;
      end loop;
    end; $$ language plpgsql`);
  return {
    copy: async (original: string, copy: string, key: string) => {
      await admin.entityManager().execute('select public.copy_organization(?, ?, ?)', [original, copy, key]);
    },
    close: () => admin.close(),
  };
};

const principalOf = async (installation: Installation, actor: Actor): Promise<Principal> => {
  if (actor.type === 'member') return installation.principal(actor.organizationId, actor.memberId);
  const { call, deps } = installation;
  const found = await authenticateToken(deps, { text: actor.secret.text, address: call.address, client: call.client });
  if (!found.accepted) throw new LatchkeyError('UNAUTHORIZED');
  return found.principal;
};

const addOrganization = async (
  { deps }: Installation,
  dialect: ModelDialect,
  organizationId: string,
): Promise<ModelOrganization> => {
  const { store, directory } = deps;
  const policies = TEXTS.map((text, index) => ({ policyId: `policy-${index}-${organizationId}`, text }));
  const owner = { memberId: `owner-${organizationId}`, policyIds: ['owner'] };
  const roles = Object.keys(dialect.roles).filter((role) => role !== 'owner');
  const given = [
    ...MEMBERS.map((each) => each.map((index) => `policy-${index}-${organizationId}`)),
    ...roles.map((role) => [role]),
  ];
  const others = given.map((policyIds, index) => ({ memberId: `member-${index}-${organizationId}`, policyIds }));
  const members = [owner, ...others].map((member) => ({ ...member, email: `${member.memberId}@example.com` }));
  await store.unitOfWork.run(async (tx) => {
    await directory.organizations.insert(tx, { organizationId, name: organizationId, catalogue: dialect.catalogue });
    for (const { policyId, text } of policies) {
      const policy = { policyId, name: policyId, description: null, statements: statementsOf(dialect, text) as never };
      await directory.policies.insert(tx, organizationId, policy);
    }
    for (const member of members) {
      const given = { name: member.memberId, locale: 'en', memberSince: 0, groupIds: [] };
      await directory.members.insert(tx, organizationId, { ...member, ...given });
    }
    const routingKey = mintRoutingKey(nodeCrypto);
    await store.organizations.insert(tx, { organizationId, name: organizationId, routingKey, createdAt: 0 });
  });
  return {
    organizationId,
    dialect,
    members: members.map((member) => ({ ...member, removed: false })),
    policies: [
      ...Object.entries(dialect.roles).map(([policyId, text]) => ({ policyId, builtIn: true, text, revision: 1 })),
      ...policies.map((policy) => ({ ...policy, builtIn: false, revision: 1 })),
    ],
  };
};

/** The code of a refusal; what isn't one of ours is a surprise and ends the history. */
export const codeOf = (error: unknown): string => {
  const cause = error instanceof TRPCError ? error.cause : error;
  if (cause instanceof LatchkeyError && cause.code !== 'INTERNAL') return cause.code;
  throw error;
};
