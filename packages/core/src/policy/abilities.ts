import type { AccessLevel, PermissionCatalogue } from './catalogue.ts';
import type { Statement } from './policy.ts';
import { resource } from './resource.ts';

/** The presets that are lists of statements. Full access isn't one: it is whatever the owner or issuer may do. */
export type ExpandableAbility = 'read' | 'write' | 'metrics';

/** Actions of level `admin` are in none of them. */
const LEVELS = {
  read: ['read'],
  write: ['read', 'write'],
  metrics: ['metrics'],
} as const satisfies Record<ExpandableAbility, readonly AccessLevel[]>;

/** The type that everything narrowable lies below. */
const PROJECT = { featbit: 'project', launchdarkly: 'proj' } as const;

/**
 * The statements of a preset, one for each resource type that has actions of its levels, over all projects or the one
 * whose key is given. With a project, what doesn't lie in projects is left out: it could not be limited to one.
 *
 * Throws `InvalidResourceName` for a project key that isn't one, `TypeError` for any other ability.
 */
export const expandAbility = (
  ability: ExpandableAbility,
  catalogue: PermissionCatalogue,
  options: { readonly project?: string } = {},
): readonly Statement[] => {
  const levels: readonly AccessLevel[] | undefined = Object.hasOwn(LEVELS, ability) ? LEVELS[ability] : undefined;
  if (levels === undefined) throw new TypeError('Only read, write and metrics expand into statements.');
  const { project } = options;
  const type = PROJECT[catalogue.dialect];
  if (project !== undefined) resource([type, project]);
  const statements: Statement[] = [];
  for (const entry of catalogue.resourceTypes) {
    const pattern = project === undefined ? entry.resource : narrowed(entry.resource, type, project);
    const actions = entry.actions
      .filter(({ access, narrowable }) => levels.includes(access) && (project === undefined || narrowable))
      .map(({ name }) => name);
    if (pattern === null || actions.length === 0) continue;
    statements.push(
      Object.freeze({
        ...(catalogue.dialect === 'featbit' && { resourceType: entry.type }),
        effect: 'allow',
        actions: Object.freeze(actions),
        resources: Object.freeze([pattern]),
      }),
    );
  }
  return Object.freeze(statements);
};

const narrowed = (pattern: string, type: string, project: string): string | null => {
  const [first, ...rest] = pattern.split(':');
  return first === `${type}/*` ? [`${type}/${project}`, ...rest].join(':') : null;
};
