import type { PermissionCatalogue } from './catalogue.ts';
import { compilePermissions } from './compile.ts';
import { covers } from './covers/covers.ts';
import { decide } from './decide.ts';
import type { PermissionSet } from './permission-set.ts';
import type { Statement } from './policy.ts';
import { type Name, type NameSegment, type Request, readName } from './request.ts';
import { finish, type Steps } from './steps.ts';

/** A request that was allowed, as it was decided. */
export type UsedPermission = Request;

/**
 * How far a suggestion may go beyond the names that were used: not at all, to all keys of the last segment's type
 * (`project/a:flag/*`), or to all keys of every segment (`project/*:flag/*`).
 */
export type Generalization = 'exact' | 'last_key' | 'every_key';

/**
 * The narrowest statements that still allow what was used: over the catalogue's actions, without wildcards but those of
 * the chosen generalization, and never beyond `present`: each is proved by `covers`. Where that fails, the next narrower
 * one is taken, down to the exact name with its tags. What has no such statement is left out: `decide` says which.
 *
 * In featbit an exact name stands for what lies below it too; a `*` in a name that was used is a wildcard in a pattern.
 */
export const suggestPermissions = (
  used: readonly UsedPermission[],
  catalogue: PermissionCatalogue,
  present: PermissionSet,
  options: SuggestOptions = {},
): readonly Statement[] => finish(suggestInSteps(used, catalogue, present, options));

export interface SuggestOptions {
  readonly generalize?: Generalization;
  /** Whether the outer set covers the inner one; whoever can't tell says no. */
  readonly isCovered?: (outer: PermissionSet, inner: PermissionSet) => boolean;
}

const isCoveredWhole = (outer: PermissionSet, inner: PermissionSet): boolean => covers(outer, inner).covered === true;

/** The same in steps: one for each request and pattern that is tried. */
export function* suggestInSteps(
  used: readonly UsedPermission[],
  catalogue: PermissionCatalogue,
  present: PermissionSet,
  { generalize = 'exact', isCovered = isCoveredWhole }: SuggestOptions,
): Steps<readonly Statement[]> {
  const { dialect } = catalogue;
  const found = new Map<string, Suggestion>();
  const open = new Set<Used>();
  for (const request of used) {
    const name = readName(request, dialect);
    if (name === null || decide(present, request).effect === 'deny') continue;
    const type = typeOf(catalogue, request.action, name);
    if (type !== null) open.add({ request, name, type });
  }
  // Widest first: what one wide pattern allows needs no narrow one.
  for (const level of LEVELS.slice(LEVELS.indexOf(generalize))) {
    for (const one of open) {
      const { request, name, type } = one;
      if ([...found.values()].some(({ permissions }) => decide(permissions, request).effect === 'allow')) {
        open.delete(one);
        continue;
      }
      for (const pattern of patternsOf(name, level, catalogue)) {
        yield;
        const statement: Statement = { effect: 'allow', actions: [request.action], resources: [pattern] };
        const permissions = compilePermissions([{ name: 'suggested', statements: [statement] }], { dialect });
        // A name may hold what means something else in a pattern: it must allow the request, too.
        if (decide(permissions, request).effect === 'deny' || !isCovered(present, permissions)) continue;
        found.set(JSON.stringify([type, request.action, pattern]), {
          type,
          action: request.action,
          pattern,
          permissions,
        });
        open.delete(one);
        break;
      }
    }
  }
  return merged([...found.values()], catalogue);
}

interface Used {
  readonly request: UsedPermission;
  readonly name: Name;
  readonly type: string;
}

interface Suggestion {
  readonly type: string;
  readonly action: string;
  readonly pattern: string;
  readonly permissions: PermissionSet;
}

const LEVELS = ['every_key', 'last_key', 'exact', 'tagged'] as const;

/** The resource type that has this action, and of several the one that the name's last segment is of. */
const typeOf = ({ resourceTypes }: PermissionCatalogue, action: string, name: Name): string | null => {
  const having = resourceTypes.filter(({ actions }) => actions.some((one) => one.name === action));
  const last = typeOfPath((name[name.length - 1] as NameSegment).path);
  const fitting = having.find(({ resource }) => typeOfPath(resource.split(':').at(-1) as string) === last);
  return (fitting ?? having[0])?.type ?? null;
};

const typeOfPath = (path: string): string => path.split('/')[0] as string;

const patternsOf = (
  name: Name,
  level: (typeof LEVELS)[number],
  { dialect }: PermissionCatalogue,
): readonly string[] => {
  const text = (detailsOf: (segment: NameSegment) => string) =>
    name
      .map((segment, i) => {
        const wide = level === 'every_key' || (level === 'last_key' && i === name.length - 1);
        const path = wide && segment.path.includes('/') ? `${typeOfPath(segment.path)}/*` : segment.path;
        return path + detailsOf(segment);
      })
      .join(':');
  if (level !== 'tagged') return [text(() => '')];
  const properties = (segment: NameSegment) =>
    [...(segment.properties ?? [])].map(([key, value]) => `{${key}:${value}}`);
  const written = (details: readonly string[]) => (details.length === 0 ? '' : `;${details.join(',')}`);
  // featbit: any of several tags is enough, so that each by itself is narrower than all of them.
  if (dialect === 'launchdarkly')
    return [text((segment) => written([...(segment.tags ?? []), ...properties(segment)]))];
  const most = name.reduce((count, { tags }) => Math.max(count, tags?.length ?? 0), 0);
  return Array.from({ length: most }, (_, i) =>
    text(({ tags }) => written((tags ?? []).slice(Math.min(i, (tags?.length ?? 0) - 1)).slice(0, 1))),
  );
};

/** One statement for all patterns of a type that have the same actions, in an order that doesn't depend on the use. */
const merged = (suggestions: readonly Suggestion[], { dialect }: PermissionCatalogue): readonly Statement[] => {
  const actionsOf = new Map<string, { type: string; pattern: string; actions: string[] }>();
  for (const { type, pattern, action } of suggestions) {
    const key = JSON.stringify([type, pattern]);
    const entry = actionsOf.get(key) ?? { type, pattern, actions: [] };
    entry.actions.push(action);
    actionsOf.set(key, entry);
  }
  const statements = new Map<string, { type: string; actions: readonly string[]; resources: string[] }>();
  for (const { type, pattern, actions } of actionsOf.values()) {
    const key = JSON.stringify([type, actions.sort()]);
    const entry = statements.get(key) ?? { type, actions, resources: [] };
    entry.resources.push(pattern);
    statements.set(key, entry);
  }
  return Object.freeze(
    [...statements]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { type, actions, resources }]) =>
        Object.freeze({
          ...(dialect === 'featbit' && { resourceType: type }),
          effect: 'allow' as const,
          actions: Object.freeze([...actions]),
          resources: Object.freeze(resources.sort()),
        }),
      ),
  );
};
