import type { ManagementRequest, PermissionCatalogue } from './catalogue.ts';
import { globOfText, matchesGlob } from './glob.ts';
import { patternCovers, patternsOverlap } from './overlap.ts';
import { compilePattern, type Pattern, type Reading } from './pattern.ts';
import type { Policy, Statement } from './policy.ts';
import { denyOf } from './service-denies.ts';

/**
 * Takes listing and managing tokens out of a token that inherits everything, where its owner did not tick them. For
 * statements that stand beside an allow of everything, in the same policy.
 */
export const managementDenies = (catalogue: PermissionCatalogue): readonly Statement[] =>
  Object.freeze(
    grouped(managedActions(catalogue)).map(([resource, actions]) =>
      denyOf(catalogue, typeOf(catalogue, resource), actions, { resources: [resource] }),
    ),
  );

/**
 * NO-SELF-HELP: a wildcard never gives a token the actions that manage tokens, they must be named. The denies that a
 * personal token's own statements need beside them (in the same policy) so that only what an allow names by its exact
 * action, under `resources`, is given. Empty where no wildcard reaches such an action.
 *
 * Where an action is named for some of the resources only, launchdarkly denies it outside those. featbit can't say
 * that: there a name counts only if it is given for all of them, which is what that host asks about.
 */
export const withoutUnnamedManagement = (
  statements: readonly Statement[],
  catalogue: PermissionCatalogue,
): readonly Statement[] => {
  const allows = statements.filter((statement) => statement.effect === 'allow');
  const whole: ManagementRequest[] = [];
  const partly = new Set<string>();
  for (const managed of managedActions(catalogue)) {
    if (!allows.some((statement) => givesUnnamed(statement, managed, catalogue))) continue;
    const naming = allows.filter((statement) => names(statement, managed.action));
    const target = patternsOf([managed.resource], catalogue, 'must');
    const reach = (reading: Reading) =>
      naming.flatMap(({ resources }) => patternsOf(resources ?? [], catalogue, reading));
    if (target.every((part) => reach('must').some((pattern) => patternCovers(pattern, part)))) continue;
    const some = target.some((part) => reach('may').some((pattern) => patternsOverlap(pattern, part)));
    if (some && catalogue.dialect === 'launchdarkly') partly.add(managed.action);
    else whole.push(managed);
  }
  const outside = [...partly].map((action) => {
    const named = allows.filter((statement) => names(statement, action)).flatMap(({ resources }) => resources ?? []);
    // Elsewhere the same name may be an action that manages no tokens; there wildcards give what they say.
    const elsewhere = catalogue.resourceTypes
      .filter(({ actions }) => actions.some(({ name }) => name === action))
      .map(({ resource }) => resource)
      .filter((resource) => !managedActions(catalogue).some((m) => m.action === action && m.resource === resource));
    return denyOf(catalogue, undefined, [action], { notResources: [...new Set([...named, ...elsewhere])] });
  });
  const rest = whole.filter(({ action }) => !partly.has(action));
  return Object.freeze([
    ...grouped(rest).map(([resource, actions]) =>
      denyOf(catalogue, typeOf(catalogue, resource), actions, { resources: [resource] }),
    ),
    ...outside,
  ]);
};

/**
 * The same for whole policies, such as a token's named policies of the host. Where each policy is judged alone, each
 * gets its own denies; where they are pooled, an action may be named in one and given by a wildcard of another.
 */
export const restrictManagement = (policies: readonly Policy[], catalogue: PermissionCatalogue): readonly Policy[] => {
  const add = (policy: Policy, denies: readonly Statement[]): Policy =>
    denies.length === 0 ? policy : Object.freeze({ ...policy, statements: [...policy.statements, ...denies] });
  if (catalogue.dialect === 'launchdarkly') {
    return policies.map((policy) => add(policy, withoutUnnamedManagement(policy.statements, catalogue)));
  }
  const denies = withoutUnnamedManagement(
    policies.flatMap(({ statements }) => statements),
    catalogue,
  );
  return policies.map((policy, i) => (i === 0 ? add(policy, denies) : policy));
};

/** Every action that lists or manages tokens, with the pattern of all resources that it is asked about. */
const managedActions = (catalogue: PermissionCatalogue): readonly ManagementRequest[] => {
  const known = managedOf.get(catalogue);
  if (known !== undefined) return known;
  const managed = findManagedActions(catalogue);
  managedOf.set(catalogue, managed);
  return managed;
};

/** Asked at each first sight of a token, of the same few catalogues. */
const managedOf = new WeakMap<PermissionCatalogue, readonly ManagementRequest[]>();

const findManagedActions = ({ management }: PermissionCatalogue): readonly ManagementRequest[] => {
  const found = new Map<string, ManagementRequest>();
  for (const { action, resource } of [
    management.list,
    ...Object.values(management.personal),
    ...Object.values(management.service),
  ]) {
    const pattern = resource.replaceAll('{memberId}', '*').replaceAll('{tokenId}', '*');
    found.set(`${action} ${pattern}`, { action, resource: pattern });
  }
  return [...found.values()];
};

const grouped = (requests: readonly ManagementRequest[]): readonly (readonly [string, readonly string[]])[] => {
  const groups = new Map<string, string[]>();
  for (const { action, resource } of requests) groups.set(resource, [...(groups.get(resource) ?? []), action]);
  return [...groups];
};

const typeOf = (catalogue: PermissionCatalogue, resource: string): string | undefined =>
  catalogue.resourceTypes.find((entry) => entry.resource === resource)?.type;

const names = ({ actions, resources }: Statement, action: string): boolean =>
  resources !== undefined && (actions?.includes(action) ?? false);

/** Whether an allow may reach a managing action otherwise than by naming it. When in doubt, it does. */
const givesUnnamed = (statement: Statement, managed: ManagementRequest, catalogue: PermissionCatalogue): boolean => {
  const { actions, notActions, resources } = statement;
  const { action } = managed;
  const byAction =
    notActions !== undefined
      ? !notActions.some((entry) => actionMatches(entry, action, catalogue))
      : (actions ?? []).some((entry) => entry !== action && actionMatches(entry, action, catalogue));
  // A `notResources` list names no resource: an action beside it is given as by a wildcard.
  const byExclusion = resources === undefined && (actions?.includes(action) ?? false);
  if (!byAction && !byExclusion) return false;
  if (resources === undefined) return true;
  const target = patternsOf([managed.resource], catalogue, 'may');
  return patternsOf(resources, catalogue, 'may').some((pattern) =>
    target.some((part) => patternsOverlap(pattern, part)),
  );
};

const actionMatches = (entry: string, action: string, { dialect }: PermissionCatalogue): boolean =>
  entry === '*' || (dialect === 'launchdarkly' ? matchesGlob(globOfText(entry), action) : entry === action);

/** Role attributes aren't known here: `may` takes a pattern with one for everything, `must` leaves it out. */
const patternsOf = (texts: readonly string[], { dialect }: PermissionCatalogue, reading: Reading): readonly Pattern[] =>
  texts.flatMap((text) => compilePattern(text, { dialect, reading, attributes: {} }));
