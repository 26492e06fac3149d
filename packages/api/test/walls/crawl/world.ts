import type { Store } from '@latchkey/store';
import type { ApiDeps } from '../../../src/deps.ts';
import type { Caller, Installation } from '../../installation.ts';

type Permissions = NonNullable<Parameters<Caller['tokens']['issue']>[0]['permissions']>;
type Statements = Extract<Permissions, { readonly type: 'statements' }>['statements'];

/** One host's organization to be crawled, in the words of its dialect. */
export interface CrawledHost {
  readonly title: string;
  readonly organizationId: string;
  /** Each built-in role, by name: who has it. The first one is an Owner. */
  readonly roles: readonly (readonly [role: string, memberId: string])[];
  /** The least that a token can do here; everybody with a built-in role covers it. */
  readonly reads: Statements;
  /** What allows each kind of managing, named. */
  readonly manages: Readonly<Record<Managing, (memberId: string) => Statements>>;
  /** What a new policy says, and a policy to be given, that an Administrator covers. */
  readonly policy: { readonly statements: Statements; readonly given: string };
  /** Somebody of another organization, who may do everything there. */
  readonly stranger: { readonly organizationId: string; readonly memberId: string };
}

export type Managing = 'list' | 'personal' | 'service' | 'administer';

/** What the calls are about. */
export interface Targets {
  readonly own: string;
  readonly others: string;
  readonly service: string;
  /** A service token that administers: most callers don't cover it. */
  readonly wide: string;
  readonly memberId: string;
  readonly policyId: string;
  readonly groupId: string;
  readonly receipt: string;
  readonly tokenText: string;
  readonly reads: Permissions;
  readonly policy: CrawledHost['policy'];
}

export interface CrawlingCaller {
  readonly title: string;
  readonly as: Caller;
  readonly targets: Targets;
  /** Whether nothing of the crawled organization may ever be in an answer to it. */
  readonly stranger: boolean;
}

/** Every transaction is rolled back after its work: no call changes what the next one finds. */
export const withoutTrace = (store: Store): Store => ({
  ...store,
  unitOfWork: {
    run: async (work) => {
      const undo = new Undo();
      try {
        return await store.unitOfWork.run(async (tx) => {
          undo.result = { value: await work(tx) };
          throw undo;
        });
      } catch (error) {
        if (error === undo && undo.result !== undefined) return undo.result.value as Awaited<ReturnType<typeof work>>;
        throw error;
      }
    },
  },
});

class Undo extends Error {
  result: { readonly value: unknown } | undefined;
}

/** Sets up what is crawled, and whoever crawls it. */
export const openCrawl = async (installation: Installation, host: CrawledHost): Promise<readonly CrawlingCaller[]> => {
  const { organizationId, roles, reads, policy } = host;
  const owner = await installation.member(organizationId, ownerOf(host));
  let names = 0;
  const narrow: Permissions = { type: 'statements', statements: [...reads] };
  const issue = (by: Caller, permissions: Permissions, kind: 'personal' | 'service' = 'personal', expiresAt?: string) =>
    by.tokens.issue({ kind, name: `crawled ${++names}`, permissions, ...(expiresAt && { expiresAt }) });
  // Those that the calls are about expire, so that there is something to extend.
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  // Somebody without a permission, who had enough once to own a token.
  const { memberId: bare } = await owner.members.add({
    email: `bare@${organizationId}.example`,
    name: 'Bare',
    policyIds: [policy.given],
  });
  const own = new Map<string, string>();
  for (const memberId of [bare, ...roles.map(([, id]) => id)]) {
    const { token } = await issue(await installation.member(organizationId, memberId), narrow, 'personal', expiresAt);
    own.set(memberId, token.tokenId);
  }
  await owner.members.setPolicies({ memberId: bare, policyIds: [] });
  const { memberId } = await owner.members.add({ email: `spare@${organizationId}.example`, name: 'Spare' });
  const { policyId } = await owner.policies.create({ name: 'Crawled', statements: [...policy.statements] });
  const { groupId } = await owner.groups.create({ name: 'Crawled', policyIds: [], memberIds: [] });
  const others = await issue(owner, narrow, 'personal', expiresAt);
  const spare = await issue(owner, narrow);
  const stopped = await owner.tokens.deactivate({ tokenId: spare.token.tokenId, wait: false });
  const targets: Targets = {
    own: others.token.tokenId,
    others: others.token.tokenId,
    service: (await issue(owner, narrow, 'service', expiresAt)).token.tokenId,
    wide: (await issue(owner, { type: 'statements', statements: [...host.manages.administer('')] }, 'service')).token
      .tokenId,
    memberId,
    policyId,
    groupId,
    receipt: stopped.settled ? '' : stopped.receipt,
    tokenText: others.tokenText,
    reads: narrow,
    policy,
  };
  const parts: Partial<ApiDeps> = { store: withoutTrace(installation.deps.store) };
  // Somebody else is the Owner; to the Owner it is the member with the second role.
  const seconds = own.get(roles[1]?.[1] ?? '') ?? '';
  const of = (memberId: string): Targets => ({
    ...targets,
    own: own.get(memberId) ?? targets.own,
    others: memberId === ownerOf(host) ? seconds : targets.others,
  });
  const member = async (title: string, memberId: string): Promise<CrawlingCaller> => ({
    title,
    as: await installation.member(organizationId, memberId, parts),
    targets: of(memberId),
    stranger: false,
  });
  const ownersToken = async (title: string, permissions: Permissions): Promise<CrawlingCaller> => {
    const { tokenText } = await issue(owner, permissions);
    return { title, as: await installation.token(tokenText, parts), targets: of(ownerOf(host)), stranger: false };
  };
  const given = (managing: Managing) => [...reads, ...host.manages[managing](ownerOf(host))];
  const bot = await issue(
    owner,
    {
      type: 'statements',
      statements: [...reads, ...(['list', 'personal', 'service'] as const).flatMap((each) => given(each))],
    },
    'service',
  );
  const other = installation.verifier([host.stranger.organizationId], parts);
  return [
    { title: 'nobody', as: installation.as(null, parts), targets, stranger: true },
    {
      title: "another organization's Owner",
      as: await installation.member(host.stranger.organizationId, host.stranger.memberId, parts),
      targets,
      stranger: true,
    },
    ...(await Promise.all(roles.map(([role, id]) => member(role, id)))),
    await member('no policy', bare),
    await ownersToken("Owner's token", { type: 'inherit' }),
    await ownersToken('… that manages tokens', { type: 'inherit', manageTokens: true }),
    await ownersToken('token that only reads', narrow),
    await ownersToken('… and lists tokens', { type: 'statements', statements: given('list') }),
    await ownersToken('… and manages personal ones', { type: 'statements', statements: given('personal') }),
    await ownersToken('… and manages service ones', { type: 'statements', statements: given('service') }),
    await ownersToken('… and administers', { type: 'statements', statements: given('administer') }),
    {
      title: 'service token that asked for all of that',
      as: await installation.token(bot.tokenText, parts),
      targets: { ...targets, own: bot.token.tokenId },
      stranger: false,
    },
    { title: 'verifier', as: installation.verifier(undefined, parts), targets, stranger: false },
    { title: "another organization's verifier", as: other, targets, stranger: true },
    { title: 'operator', as: installation.operator(parts), targets, stranger: false },
  ];
};

const ownerOf = ({ roles }: CrawledHost): string => roles[0]?.[1] ?? '';
