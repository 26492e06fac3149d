import { createRandom, pick, type Random } from './random.ts';

/** One statement, in parts that every engine can be given in its own language. All parts of a resource are globs. */
export interface WorldStatement {
  readonly effect: 'allow' | 'deny';
  readonly actions: readonly string[];
  /** Without an environment and a flag it is about all of a project. */
  readonly project: string;
  readonly environment: string | null;
  readonly flag: string | null;
  /** Any of these is enough; none asked for where empty. */
  readonly tags: readonly string[];
}

export interface WorldRequest {
  readonly action: string;
  readonly project: string;
  readonly environment: string;
  readonly flag: string;
  readonly tags: readonly string[];
}

export interface World {
  readonly statements: readonly WorldStatement[];
  readonly requests: readonly WorldRequest[];
}

const ACTIONS = [
  'CreateFlag',
  'UpdateFlagName',
  'UpdateFlagDescription',
  'UpdateFlagTags',
  'UpdateFlagTargeting',
  'UpdateFlagVariations',
  'ToggleFlag',
  'ArchiveFlag',
  'RestoreFlag',
  'DeleteFlag',
  'CloneFlag',
  'ReadFlag',
] as const;
const ENVIRONMENTS = ['production', 'staging', 'testing', 'development'] as const;
const AREAS = ['checkout', 'search', 'billing', 'profile', 'mail', 'feed', 'login', 'cart', 'admin', 'export'] as const;
const STAGES = ['beta', 'next', 'canary', 'legacy', 'trial', 'holdout'] as const;
const TAGS = ['paid', 'beta', 'mobile', 'web', 'internal', 'risky'] as const;

/**
 * Statements as an organization of that size has them: mostly exact names, one in three with a prefix or a suffix, some
 * over all environments or projects, some by tags, one in ten a deny. Of the requests half are made to fit a statement.
 */
export const createWorld = (size: number, options: { readonly seed: number; readonly requests: number }): World => {
  const random = createRandom(options.seed + size);
  const projects = Array.from({ length: 2 + Math.ceil(size / 40) }, (_, i) => `${pick(random, AREAS)}-${i}`);
  const statements = Array.from({ length: size }, () => statementOf(random, projects));
  const requests = Array.from({ length: options.requests }, (_, i) =>
    requestOf(random, projects, i % 2 === 0 ? pick(random, statements) : null),
  );
  return { statements, requests };
};

const statementOf = (random: Random, projects: readonly string[]): WorldStatement => {
  const kind = random(20);
  const actions = Array.from({ length: 1 + random(3) }, () => pick(random, ACTIONS));
  const project = random(20) === 0 ? '*' : pick(random, projects);
  const tags = kind >= 17 ? [pick(random, TAGS), ...(random(2) === 0 ? [pick(random, TAGS)] : [])] : [];
  return {
    effect: random(10) === 0 ? 'deny' : 'allow',
    actions: [...new Set(actions)],
    project,
    environment: kind === 0 ? null : random(4) === 0 ? '*' : pick(random, ENVIRONMENTS),
    flag: kind === 0 ? null : flagOf(random, kind),
    tags: kind === 0 ? [] : [...new Set(tags)],
  };
};

const flagOf = (random: Random, kind: number): string => {
  const name = `${pick(random, AREAS)}-${random(300)}`;
  if (kind < 5) return `${name}-*`;
  if (kind < 8) return `*-${random(300)}-${pick(random, STAGES)}`;
  if (kind >= 17) return '*';
  return `${name}-${pick(random, STAGES)}`;
};

const requestOf = (random: Random, projects: readonly string[], fit: WorldStatement | null): WorldRequest => {
  const filled = (glob: string | null | undefined, text: string) =>
    glob === null || glob === undefined || glob === '*' ? text : glob.replace('*', `${random(9)}`);
  const tags = random(4) === 0 ? [...new Set([pick(random, TAGS), pick(random, TAGS)])] : [];
  const wanted = fit !== null && fit.tags.length > 0 ? [pick(random, fit.tags)] : tags;
  return {
    action: fit === null ? pick(random, ACTIONS) : pick(random, fit.actions),
    project: filled(fit?.project, pick(random, projects)),
    environment: filled(fit?.environment, pick(random, ENVIRONMENTS)),
    flag: filled(fit?.flag, `${pick(random, AREAS)}-${random(300)}-${pick(random, STAGES)}`),
    tags: wanted,
  };
};
