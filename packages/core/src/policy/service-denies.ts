import type { PermissionCatalogue } from './catalogue.ts';
import type { Policy, Statement } from './policy.ts';

/**
 * What no service token may have, as denies that are frozen into it and shown: one for each resource type with such
 * actions, on that type's resources only, because one name may be an action of several types.
 */
export const serviceDenies = (catalogue: PermissionCatalogue): readonly Statement[] =>
  Object.freeze(
    catalogue.resourceTypes.flatMap(({ type, resource, actions }): readonly Statement[] => {
      const withheld = actions.filter((action) => !action.grantableToService).map(({ name }) => name);
      return withheld.length === 0 ? [] : [denyOf(catalogue, type, withheld, { resources: [resource] })];
    }),
  );

/**
 * Adds denies to every policy: where each policy is judged alone (launchdarkly), a deny beside them refuses nothing.
 */
export const withDenies = (policies: readonly Policy[], denies: readonly Statement[]): readonly Policy[] =>
  denies.length === 0
    ? policies
    : Object.freeze(
        policies.map((policy) =>
          Object.freeze({ ...policy, statements: Object.freeze([...policy.statements, ...denies]) }),
        ),
      );

/** A deny as people would write it in the catalogue's dialect. */
export const denyOf = (
  catalogue: PermissionCatalogue,
  resourceType: string | undefined,
  actions: readonly string[],
  lists: { readonly resources: readonly string[] } | { readonly notResources: readonly string[] },
): Statement =>
  Object.freeze({
    ...(catalogue.dialect === 'featbit' && resourceType !== undefined && { resourceType }),
    effect: 'deny',
    actions: Object.freeze([...actions]),
    ...lists,
  });
