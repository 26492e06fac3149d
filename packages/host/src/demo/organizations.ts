import type { Dialect, Statement } from '@latchkey/core';
import { featbitCatalogue, launchdarklyCatalogue } from '../catalogue/catalogues.ts';

export interface DemoMember {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly locale: string;
  /** What the member is, in words for people. */
  readonly roles: readonly string[];
  readonly policyIds: readonly string[];
  readonly groupIds: readonly string[];
}

export interface DemoOrganization {
  readonly id: string;
  readonly name: string;
  readonly dialect: Dialect;
  readonly catalogue: unknown;
  /** Beside those of the catalogue. */
  readonly policies: readonly {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly statements: readonly Statement[];
  }[];
  readonly groups: readonly {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly policyIds: readonly string[];
  }[];
  readonly members: readonly DemoMember[];
}

const acme: DemoOrganization = {
  id: 'acme',
  name: 'Acme',
  dialect: 'featbit',
  catalogue: featbitCatalogue,
  policies: [
    {
      id: 'no-production-deletes',
      name: 'No production deletes',
      description: 'Flags in production are neither deleted nor archived, whatever else a member may do.',
      statements: [
        {
          resourceType: 'flag',
          effect: 'deny',
          actions: ['DeleteFlag', 'ArchiveFlag'],
          resources: ['project/*:env/prod:flag/*'],
        },
      ],
    },
    {
      id: 'beta-flags-only',
      name: 'Beta flags only',
      description: 'Sees the web shop, switches and tags its beta flags, and has tokens of its own.',
      statements: [
        { resourceType: 'project', effect: 'allow', actions: ['CanAccessProject'], resources: ['project/shop'] },
        { resourceType: 'env', effect: 'allow', actions: ['CanAccessEnv'], resources: ['project/shop:env/*'] },
        {
          resourceType: 'flag',
          effect: 'allow',
          actions: ['ToggleFlag', 'UpdateFlagTags'],
          resources: ['project/shop:env/*:flag/*;beta'],
        },
        {
          resourceType: 'access-token',
          effect: 'allow',
          actions: ['ManagePersonalAccessTokens'],
          resources: ['access-token/*'],
        },
      ],
    },
  ],
  groups: [
    {
      id: 'platform-team',
      name: 'Platform team',
      description: 'Developers who look after the platform.',
      policyIds: ['developer', 'no-production-deletes'],
    },
  ],
  members: [
    {
      id: 'olivia',
      name: 'Olivia Owner',
      email: 'olivia@acme.example',
      locale: 'en',
      roles: ['Owner'],
      policyIds: ['owner'],
      groupIds: [],
    },
    {
      id: 'adam',
      name: 'Adam Admin',
      email: 'adam@acme.example',
      locale: 'en',
      roles: ['Administrator'],
      policyIds: ['administrator'],
      groupIds: [],
    },
    {
      id: 'dana',
      name: 'Dana Developer',
      email: 'dana@acme.example',
      locale: 'ja',
      roles: ['Developer'],
      policyIds: ['developer'],
      groupIds: [],
    },
    {
      id: 'devin',
      name: 'Devin Developer',
      email: 'devin@acme.example',
      locale: 'zh-CN',
      roles: ['Developer', 'Platform team'],
      policyIds: [],
      groupIds: ['platform-team'],
    },
    {
      id: 'bea',
      name: 'Bea Beta',
      email: 'bea@acme.example',
      locale: 'en',
      roles: ['Beta flags only'],
      policyIds: ['beta-flags-only'],
      groupIds: [],
    },
  ],
};

const globex: DemoOrganization = {
  id: 'globex',
  name: 'Globex',
  dialect: 'launchdarkly',
  catalogue: launchdarklyCatalogue,
  policies: [
    {
      id: 'own-access-tokens',
      name: 'Own access tokens',
      description: "A member's own tokens. Custom roles replace the base role, and with it this right.",
      statements: [{ effect: 'allow', actions: ['*'], resources: [`member/\${roleAttribute/memberId}:token/*`] }],
    },
  ],
  groups: [
    {
      id: 'token-holders',
      name: 'Token holders',
      description: "Adds a member's own tokens to whatever roles the member has.",
      policyIds: ['own-access-tokens'],
    },
  ],
  members: [
    {
      id: 'gina',
      name: 'Gina Owner',
      email: 'gina@globex.example',
      locale: 'en',
      roles: ['Owner'],
      policyIds: ['owner'],
      groupIds: [],
    },
    {
      id: 'arthur',
      name: 'Arthur Admin',
      email: 'arthur@globex.example',
      locale: 'en',
      roles: ['Admin'],
      policyIds: ['admin'],
      groupIds: [],
    },
    {
      id: 'wendy',
      name: 'Wendy Writer',
      email: 'wendy@globex.example',
      locale: 'en',
      roles: ['Writer'],
      policyIds: ['writer'],
      groupIds: [],
    },
    {
      id: 'rita',
      name: 'Rita Reader',
      email: 'rita@globex.example',
      locale: 'ja',
      roles: ['Reader'],
      policyIds: ['reader'],
      groupIds: [],
    },
    {
      id: 'quinn',
      name: 'Quinn QA',
      email: 'quinn@globex.example',
      locale: 'en',
      roles: ['QA'],
      policyIds: ['qa'],
      groupIds: ['token-holders'],
    },
    {
      id: 'paula',
      name: 'Paula Production',
      email: 'paula@globex.example',
      locale: 'zh-CN',
      roles: ['Production read-only'],
      policyIds: ['production-read-only'],
      groupIds: ['token-holders'],
    },
  ],
};

/** Both dialects, each with members of every kind. Pure data: `seedDemo` writes it. */
export const demoOrganizations: readonly DemoOrganization[] = [acme, globex];
