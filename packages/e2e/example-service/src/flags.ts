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

const ENVIRONMENTS = [
  { key: 'dev', tags: ['qa_shared'], properties: {} },
  { key: 'prod', tags: [], properties: { critical: 'true' } },
] as const;

const PROJECTS: Readonly<Record<string, readonly Omit<Flag, 'on'>[]>> = {
  shop: [
    { key: 'checkout', tags: ['paid', 'beta'] },
    { key: 'dark-mode', tags: [] },
    { key: 'search-v2', tags: ['beta'] },
  ],
  app: [
    { key: 'onboarding', tags: ['beta'] },
    { key: 'push', tags: [] },
  ],
};

/** Two projects with two environments each, every flag off. */
export const createFlagStore = (): FlagStore => {
  const environments = new Map<string, Environment>();
  for (const [project, flags] of Object.entries(PROJECTS)) {
    for (const environment of ENVIRONMENTS) {
      environments.set(`${project}/${environment.key}`, {
        ...environment,
        flags: new Map(flags.map((flag) => [flag.key, { ...flag, on: false }])),
      });
    }
  }
  return { environment: (project, key) => environments.get(`${project}/${key}`) };
};
