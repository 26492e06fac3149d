import type { CrawledHost } from './world.ts';

const featbit = (resourceType: string, actions: readonly string[], resource: string) => ({
  effect: 'allow',
  resourceType,
  actions: [...actions],
  resources: [resource],
});
const launchdarkly = (actions: readonly string[], resource: string) => ({
  effect: 'allow',
  actions: [...actions],
  resources: [resource],
});

/** In LaunchDarkly's dialect each thing that is done to a token is an action. A token has to name them. */
const MANAGING = [
  'createAccessToken',
  'deleteAccessToken',
  'resetAccessToken',
  'updateAccessTokenName',
  'updateAccessTokenDescription',
  'updateAccessTokenPolicy',
  'updateAccessTokenExpiry',
];

/** Both dialects, with every role that their catalogues bring. */
export const crawledHosts: readonly CrawledHost[] = [
  {
    title: 'FeatBit',
    organizationId: 'acme',
    roles: [
      ['Owner', 'olivia'],
      ['Administrator', 'adam'],
      ['Developer', 'dana'],
    ],
    reads: [featbit('project', ['CanAccessProject'], 'project/*')],
    manages: {
      list: () => [featbit('access-token', ['ListAccessTokens'], 'access-token/*')],
      personal: () => [featbit('access-token', ['ManagePersonalAccessTokens'], 'access-token/*')],
      service: () => [featbit('access-token', ['ManageServiceAccessTokens'], 'access-token/*')],
      administer: () => [featbit('iam', ['CanManageIAM'], 'iam/*')],
    },
    policy: {
      statements: [featbit('flag', ['ToggleFlag'], 'project/shop:env/dev:flag/*')],
      given: 'developer',
    },
    stranger: { organizationId: 'globex', memberId: 'gina' },
  },
  {
    title: 'LaunchDarkly',
    organizationId: 'globex',
    roles: [
      ['Owner', 'gina'],
      ['Admin', 'arthur'],
      ['Writer', 'wendy'],
      ['Reader', 'rita'],
    ],
    reads: [launchdarkly(['viewProject'], 'proj/*')],
    manages: {
      list: () => [launchdarkly(['createAccessToken'], 'service-token/*')],
      personal: (memberId) => [launchdarkly(MANAGING, `member/${memberId}:token/*`)],
      service: () => [launchdarkly(MANAGING, 'service-token/*')],
      administer: () => [launchdarkly(['updateRole'], 'member/*')],
    },
    policy: {
      statements: [launchdarkly(['updateOn'], 'proj/shop:env/dev:flag/*')],
      given: 'writer',
    },
    stranger: { organizationId: 'acme', memberId: 'olivia' },
  },
];
