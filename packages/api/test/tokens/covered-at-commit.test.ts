import { compilePermissions, covers, type Policy, readHostPolicies } from '@latchkey/core/policy';
import { type OpenStore, openStore } from '@latchkey/store';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Installation, openInstallation } from '../installation.ts';

// Some hundreds of racing calls in every run, thousands with LATCHKEY_DEEP=1. The choices are the same each time; how the
// calls interleave is PostgreSQL's and this machine's.
const ROUNDS = process.env['LATCHKEY_DEEP'] === '1' ? 1_500 : 40;
const ISSUERS = ['ida', 'ivo', 'ian'];
const POLICIES = ['shared-0', 'shared-1', 'shared-2'];

let installation: Installation;
let admin: OpenStore;
beforeAll(async () => {
  installation = await openInstallation();
  admin = await openAdmin();
  await witnessCommits();
});
afterAll(async () => {
  await admin.close();
  await installation.close();
});

const openAdmin = async (): Promise<OpenStore> => {
  const [row] = await installation.sql<{ name: string }>('select current_database() as name');
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${row?.name}`;
  return openStore({ url: url.href, applicationName: 'api-test-witness', poolMax: 1 });
};

/** Writes down, in the last moment of each transaction that issues a token, which permissions are in force there and then. */
const witnessCommits = async () => {
  const em = admin.entityManager();
  await em.execute('create table public.witness (token_id text primary key, revision bigint not null)');
  await em.execute(`
    create function public.witness_commit() returns trigger security definer as $$ begin
      insert into public.witness
        select new.token_id, r.revision from iam.permission_revision r where r.organization_id = new.organization_id;
      return null;
    end; $$ language plpgsql`);
  await em.execute(`
    create constraint trigger witness_commit after insert on latchkey.token
      deferrable initially deferred for each row execute function public.witness_commit()`);
};

/** The same choices at every run (xorshift32). */
const choices = (seed: number) => {
  let state = seed | 1;
  const next = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const one = <T>(items: readonly T[]): T => items[next(items.length)] as T;
  return { one, next, some: <T>(items: readonly T[]): T[] => items.filter(() => next(2) === 0) };
};

interface Issued {
  readonly tokenId: string;
  readonly issuerId: string;
}

it('COVERED-AT-ISSUE: every service token is covered by what its issuer had at the commit, whatever raced with it', async () => {
  const { one, some, next } = choices(20_260_301);
  const olivia = await installation.member('acme', 'olivia');
  const flags = (effect: string, projects: readonly string[], envs: readonly string[]) => ({
    resourceType: 'flag',
    effect,
    actions: [one(['ToggleFlag', 'DeleteFlag'])],
    resources: [`project/${one(projects)}:env/${one(envs)}:flag/*`],
  });
  const allow = () => flags('allow', ['shop', '*', '*'], ['dev', '*', '*']);
  const text = () => [allow(), allow(), ...(next(3) === 0 ? [flags('deny', ['shop', 'app'], ['dev', 'prod'])] : [])];
  const asked = () => [flags('allow', ['shop', 'app'], ['dev', 'prod'])];
  const manages = { resourceType: 'access-token', effect: 'allow', resources: ['access-token/*'] };
  const { policyId: managing } = await olivia.policies.create({
    name: 'Manages service tokens',
    statements: [{ ...manages, actions: ['ManageServiceAccessTokens', 'ListAccessTokens'] }],
  });
  const policyIds: string[] = [];
  for (const name of POLICIES) {
    policyIds.push((await olivia.policies.create({ name, statements: text() })).policyId);
  }
  const issuers = new Map<string, string>();
  for (const name of ISSUERS) {
    const given = { email: `${name}@acme.example`, name, policyIds: [managing, ...policyIds] };
    issuers.set(name, (await olivia.members.add(given)).memberId);
  }
  const issuerIds = [...issuers.values()];
  const issued: Issued[] = [];
  let names = 0;
  const calls: readonly (() => Promise<unknown>)[] = [
    async () => {
      const issuerId = one(issuerIds);
      names += 1;
      const name = `raced ${names}`;
      const permissions = { type: 'statements' as const, statements: asked() };
      const from = next(3) === 0 ? issued.at(-1 - next(5)) : undefined;
      const issuer = await installation.member('acme', issuerId);
      const { token } =
        from === undefined
          ? await issuer.tokens.issue({ kind: 'service', name, permissions })
          : await issuer.tokens.clone({ tokenId: from.tokenId, name });
      issued.push({ tokenId: token.tokenId, issuerId });
    },
    () => olivia.members.setPolicies({ memberId: one(issuerIds), policyIds: [managing, ...some(policyIds)] }),
    async () => {
      const policyId = one(policyIds);
      const statements = text();
      const { revision } = await olivia.policies.get({ policyId });
      await olivia.policies.update({ policyId, revision, statements });
    },
  ];
  const refused = new Map<string, number>();
  const settle = async (call: () => Promise<unknown>) => {
    await call().catch((error: { cause?: { code?: string } }) => {
      const code = error.cause?.code ?? String(error);
      refused.set(code, (refused.get(code) ?? 0) + 1);
    });
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    // Five that issue or clone against three that take away.
    await Promise.all([0, 0, 0, 0, 0, 1, 1, 2].map((which) => settle(calls[which] as () => Promise<unknown>)));
  }
  // Nothing was refused but for what the race is about, and enough of both happened.
  expect([...refused.keys()].filter((code) => !['PERMISSIONS_NOT_COVERED', 'CONFLICT'].includes(code))).toEqual([]);
  expect(issued.length).toBeGreaterThan(ROUNDS);
  expect(refused.get('PERMISSIONS_NOT_COVERED') ?? 0).toBeGreaterThan(ROUNDS / 2);
  for (const { tokenId, issuerId } of issued) {
    const found = covers(await permissionsAtCommit(tokenId, issuerId), await permissionsOf(tokenId));
    expect([tokenId, found]).toEqual([tokenId, { covered: true }]);
  }
}, 1_200_000);

const permissionsOf = async (tokenId: string) => {
  const token = await installation.deps.store.tokens.find('acme', tokenId);
  if (token?.permissions.type !== 'frozen') throw new Error('A service token without frozen permissions');
  const { policies, dialect, attributes } = token.permissions;
  return compilePermissions(policies as readonly Policy[], { dialect, attributes });
};

/** By the permissions that were kept, which follow the order of commits: every write of the organization waits for the one before. */
const permissionsAtCommit = async (tokenId: string, issuerId: string) => {
  const [row] = await admin.entityManager().execute<{ set: { dialect: 'featbit'; policies: string[] } }[]>(
    `select s.content::jsonb as set
       from public.witness w
       join latchkey.kept_permissions k on k.organization_id = 'acme' and k.subject = 'member' and k.subject_id = ?
                                       and k.revision <= w.revision
       join latchkey.permission_set s on s.organization_id = k.organization_id and s.digest = k.digest
      where w.token_id = ? order by k.revision desc limit 1`,
    [issuerId, tokenId],
  );
  if (row === undefined) throw new Error('Nobody knows what the issuer had');
  const { dialect, policies } = row.set;
  const texts = await admin.entityManager().execute<{ content: string }[]>(
    `select p.content from unnest(string_to_array(?, ',')) with ordinality d(digest, place)
       join latchkey.kept_policy p on p.organization_id = 'acme' and p.digest = decode(d.digest, 'hex') order by d.place`,
    [policies.join(',')],
  );
  expect(texts).toHaveLength(policies.length);
  const read = readHostPolicies(
    texts.map(({ content }) => JSON.parse(content) as unknown),
    dialect,
  );
  expect(read.unreadable).toEqual([]);
  return compilePermissions(read.policies, { dialect });
};
