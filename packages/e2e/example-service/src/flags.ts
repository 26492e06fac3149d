// The demo's sample data, without anything of the server: a service of your own has its flags elsewhere.
import { demoProjects } from '@latchkey/host/demo-projects';

export interface Flag {
  readonly key: string;
  readonly tags: readonly string[];
  on: boolean;
}

export interface Environment {
  readonly key: string;
  readonly tags: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly flags: Map<string, Flag>;
}

/** The flags of one organization, by project and environment. In memory: this service shows protection, not storage. */
export interface FlagStore {
  environment(project: string, environment: string): Environment | undefined;
}

/** The demo's projects, as they are when the service starts. */
export const createFlagStore = (): FlagStore => {
  const environments = new Map<string, Environment>();
  for (const project of demoProjects) {
    for (const { key, tags, critical, flags } of project.environments) {
      environments.set(`${project.key}/${key}`, {
        key,
        tags,
        properties: critical ? { critical: 'true' } : {},
        flags: new Map(flags.map((flag) => [flag.key, { key: flag.key, tags: flag.tags, on: flag.on }])),
      });
    }
  }
  return { environment: (project, key) => environments.get(`${project}/${key}`) };
};
