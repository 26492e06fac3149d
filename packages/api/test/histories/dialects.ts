import { featbitCatalogue, launchdarklyCatalogue } from '@latchkey/host';
import type { Caller } from '../installation.ts';
import { allowsOf, MANAGING, NAMED, namesIn, POWER, type Power, type Powers, type Text } from './powers.ts';

/** What a power is called in a host's language, and one request that it allows. */
interface Meaning {
  readonly resourceType?: string;
  readonly actions: readonly string[];
  readonly resource: string;
  readonly example: readonly [action: string, resource: string];
}

/** Where the two kinds of host differ, in the model's words. */
export interface ModelDialect {
  readonly title: string;
  readonly catalogue: unknown;
  readonly everything: Powers;
  /** What the catalogue withholds from service tokens. */
  readonly withheld: Powers;
  /** The catalogue's own policies. */
  readonly roles: Readonly<Record<string, Text>>;
  /** What several texts allow together; their wildcards give no more than `wildcards`. */
  readonly pooled: (texts: readonly Text[], wildcards: Powers) => Powers;
  /** Of the policies that a member was given, those that apply to it. */
  readonly applying: <P extends { readonly builtIn: boolean }>(given: readonly P[]) => readonly P[];
  /** What brings a service token into service: to issue one, to clone it, to activate it again. */
  readonly launching: Powers;
  /** What powers of one member are to another, whose own tokens aren't the same ones. */
  readonly ofAnother: (powers: Powers) => Powers;
  readonly meanings: (memberId: string | null) => Readonly<Partial<Record<Power, Meaning>>>;
}

const { toggleDev, toggleProd, deleteDev, withheld, administer, list, personal, everyones, service } = POWER;
const { lesser, lesserWithheld, greater, greaterWithheld, beside, rest } = POWER;
const flags = toggleDev | toggleProd | deleteDev;
const developing = flags | withheld | list | personal | service | lesser | lesserWithheld;

const one = (resourceType: string, action: string, resource: string, example: string): Meaning => ({
  resourceType,
  actions: [action],
  resource,
  example: [action, example],
});

const featbitFlag = (action: string, env: string) =>
  one('flag', action, `project/shop:env/${env}:flag/*`, `project/shop:env/${env}:flag/checkout`);
const FEATBIT: Readonly<Partial<Record<Power, Meaning>>> = {
  toggleDev: featbitFlag('ToggleFlag', 'dev'),
  toggleProd: featbitFlag('ToggleFlag', 'prod'),
  deleteDev: featbitFlag('DeleteFlag', 'dev'),
  withheld: featbitFlag('CopyFlagTo', 'dev'),
  administer: one('iam', 'CanManageIAM', 'iam/*', 'iam/any'),
  list: one('access-token', 'ListAccessTokens', 'access-token/*', 'access-token/any'),
  personal: one('access-token', 'ManagePersonalAccessTokens', 'access-token/*', 'access-token/any'),
  service: one('access-token', 'ManageServiceAccessTokens', 'access-token/*', 'access-token/any'),
  lesser: one('segment', '*', 'project/*:env/*:segment/*', 'project/shop:env/dev:segment/beta'),
  lesserWithheld: one('relay-proxy', 'ManageRelayProxies', 'relay-proxy/*', 'relay-proxy/any'),
  greater: one('project', 'CreateProject', 'project/*', 'project/shop'),
  greaterWithheld: one('organization', 'UpdateOrgName', 'organization/*', 'organization/any'),
  rest: { actions: ['*'], resource: '*', example: ['PayBill', 'billing/any'] },
};

/** Policies are pooled: one deny anywhere refuses. Tokens of one's own are no resources apart. */
const featbit: ModelDialect = {
  title: 'featbit',
  catalogue: featbitCatalogue,
  everything: developing | administer | greater | greaterWithheld | rest,
  withheld: MANAGING | withheld | lesserWithheld | greaterWithheld,
  roles: {
    owner: { allow: 0, deny: 0, wildcard: developing | administer | greater | greaterWithheld | rest },
    developer: { allow: developing, deny: 0, wildcard: 0 },
    administrator: { allow: developing | administer | greater | greaterWithheld, deny: 0, wildcard: 0 },
  },
  pooled: (texts, wildcards) => allowsOf(texts, wildcards) & ~texts.reduce((sofar, { deny }) => sofar | deny, 0),
  applying: (given) => given,
  launching: service,
  ofAnother: (powers) => powers,
  meanings: () => FEATBIT,
};

/** Everything that is done to a token once it is there; to issue one is asked of as a part of its own. */
const ON_TOKENS = [
  'deleteAccessToken',
  'resetAccessToken',
  'updateAccessTokenName',
  'updateAccessTokenDescription',
  'updateAccessTokenExpiry',
];
const ldFlag = (action: string, env: string): Meaning => ({
  actions: [action],
  resource: `proj/shop:env/${env}:flag/*`,
  example: [action, `proj/shop:env/${env}:flag/checkout`],
});
const allParts = Object.values(POWER).reduce((sofar, power) => sofar | power, 0) & ~(lesserWithheld | greaterWithheld);

/**
 * Each policy is judged alone, and one that allows is enough; a custom one stands instead of the roles. Whoever may issue
 * service tokens sees all tokens. What somebody may do to its own tokens says nothing of anybody else's.
 */
const launchdarkly: ModelDialect = {
  title: 'launchdarkly',
  catalogue: launchdarklyCatalogue,
  everything: allParts,
  withheld: MANAGING | withheld | administer,
  roles: {
    owner: { allow: 0, deny: 0, wildcard: allParts },
    admin: { allow: 0, deny: 0, wildcard: allParts },
    reader: { allow: lesser, deny: 0, wildcard: list | personal | service | beside },
    writer: { allow: 0, deny: 0, wildcard: flags | lesser | greater | list | personal | service | beside },
  },
  pooled: (texts, wildcards) => texts.reduce((sofar, text) => sofar | (allowsOf([text], wildcards) & ~text.deny), 0),
  applying: (given) => (given.some(({ builtIn }) => !builtIn) ? given.filter(({ builtIn }) => !builtIn) : given),
  launching: list,
  ofAnother: (powers) =>
    (powers & ~personal) |
    (powers & personal ? everyones : 0) |
    (powers & everyones ? personal : 0) |
    // Whatever else there is to do to somebody's tokens.
    (powers & beside ? rest : 0),
  meanings: (memberId) => ({
    toggleDev: ldFlag('updateOn', 'dev'),
    toggleProd: ldFlag('updateOn', 'prod'),
    deleteDev: ldFlag('deleteFlag', 'dev'),
    withheld: { actions: ['createMember'], resource: 'member/*', example: ['createMember', 'member/any'] },
    administer: { actions: ['updateRole'], resource: 'member/*', example: ['updateRole', 'member/any'] },
    list: {
      actions: ['createAccessToken'],
      resource: 'service-token/*',
      example: ['createAccessToken', 'service-token/any'],
    },
    personal: {
      actions: [...ON_TOKENS, 'createAccessToken', 'updateAccessTokenPolicy'],
      resource: `member/\${roleAttribute/memberId}:token/*`,
      example: ['createAccessToken', `member/${memberId ?? 'nobody'}:token/any`],
    },
    everyones: {
      actions: [...ON_TOKENS, 'createAccessToken', 'updateAccessTokenPolicy'],
      resource: 'member/*:token/*',
      example: ['createAccessToken', 'member/somebody-else:token/any'],
    },
    service: {
      actions: ON_TOKENS,
      resource: 'service-token/*',
      example: ['resetAccessToken', 'service-token/any'],
    },
    lesser: { actions: ['viewProject'], resource: 'proj/*', example: ['viewProject', 'proj/shop'] },
    greater: { actions: ['*'], resource: 'proj/*', example: ['createProject', 'proj/shop'] },
    beside: { actions: ['*'], resource: 'service-token/*', example: ['countAccessTokens', 'service-token/any'] },
    rest: { actions: ['*'], resource: '*', example: ['payBill', 'billing/any'] },
  }),
};

export const DIALECTS = { featbit, launchdarkly } as const;

/** A text as the API takes it. */
export const statementsOf = (
  { meanings, title }: ModelDialect,
  { allow, deny }: Pick<Text, 'allow' | 'deny'>,
): Record<string, unknown>[] => {
  const words = meanings(null);
  const say = (effect: string, powers: Powers) =>
    NAMED.filter((name) => (powers & POWER[name]) !== 0).map((name) => {
      const meaning = words[name];
      if (meaning === undefined) throw new Error(`${title} has no ${name}`);
      const { resourceType, actions, resource } = meaning;
      return { effect, ...(resourceType && { resourceType }), actions: [...actions], resources: [resource] };
    });
  return [...say('allow', allow), ...say('deny', deny)];
};

/** What whoever calls may do, as it is told by the API; `memberId` is whose own tokens are meant. */
export const askPowers = async (
  caller: Caller,
  { meanings, everything }: ModelDialect,
  memberId: string | null,
): Promise<Powers> => {
  const words = meanings(memberId);
  const names = namesIn(everything);
  const requests = names.map((name) => {
    const [action = '', resource = ''] = words[name]?.example ?? [];
    return { action, resource };
  });
  const { decisions } = await caller.permissions.decide({ requests });
  return names.reduce(
    (sofar, name, index) => sofar | (decisions[index]?.decision.effect === 'allow' ? POWER[name] : 0),
    0,
  );
};
