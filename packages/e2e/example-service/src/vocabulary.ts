import { type ResourceName, resource } from '@latchkey/client';
import type { Environment, Flag } from './flags.ts';

/** How an organization's policies name what this service does. */
export interface Vocabulary {
  readonly actions: { readonly list: string; readonly toggle: string; readonly remove: string };
  /** What one must be allowed to list an environment's flags. */
  listed(project: string, key: string, environment: Environment | undefined): ResourceName;
  flag(project: string, key: string, environment: Environment | undefined, flagKey: string): ResourceName;
}

/** A flag that this service doesn't have has unknown tags: they count against the caller. */
const flagTags = (flag: Flag | undefined) => (flag ? { tags: flag.tags } : {});

export const featbitVocabulary: Vocabulary = {
  actions: { list: 'CanAccessEnv', toggle: 'ToggleFlag', remove: 'DeleteFlag' },
  listed: (project, key) => resource(['project', project], ['env', key]),
  flag: (project, key, environment, flagKey) =>
    resource(['project', project], ['env', key], ['flag', flagKey, flagTags(environment?.flags.get(flagKey))]),
};

export const launchdarklyVocabulary: Vocabulary = {
  actions: { list: 'viewProject', toggle: 'updateOn', remove: 'deleteFlag' },
  listed: (project) => resource(['proj', project]),
  flag: (project, key, environment, flagKey) =>
    resource(
      ['proj', project],
      ['env', key, environment ? { tags: environment.tags, properties: environment.properties } : {}],
      ['flag', flagKey, { ...flagTags(environment?.flags.get(flagKey)), properties: {} }],
    ),
};
