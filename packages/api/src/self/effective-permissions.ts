import type { Output } from '@latchkey/contract';
import type { Statement } from '@latchkey/core';
import { compilePermissions, covers, intersect, type PermissionSet } from '@latchkey/core/policy';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { together } from '../permissions/together.ts';
import { toPermissionsView } from '../tokens/token-view.ts';

type Allowed = Pick<Output<'self', 'effectivePermissions'>['actions'][number], 'allowed' | 'example'>;

/** BOUNDED-WORK: a question is asked for each action of the catalogue; one that takes longer is answered `undecided`. */
const BUDGET = 10_000;

/** What the caller may do now, its own and its owner's permissions together, for each action that the host knows. */
export const effectivePermissions = async (
  deps: ApiDeps,
  { principal }: Caller,
): Promise<Output<'self', 'effectivePermissions'>> => {
  const catalogue = await deps.host.catalogue(principal.organizationId);
  const held = together(principal.layers, catalogue);
  const nothing = compilePermissions([], catalogue);
  return {
    permissions: principal.type === 'token' ? toPermissionsView(principal.token.permissions) : null,
    actions: catalogue.resourceTypes.flatMap(({ type, resource, actions }) =>
      actions.map(({ name, access }) => {
        const statement: Statement = { effect: 'allow', actions: [name], resources: [resource] };
        const asked = compilePermissions([{ name: 'asked', statements: [statement] }], catalogue);
        return { resourceType: type, action: name, access, ...allowedOf(held, asked, nothing) };
      }),
    ),
  };
};

const allowedOf = (held: PermissionSet, asked: PermissionSet, nothing: PermissionSet): Allowed => {
  const all = covers(held, asked, { budget: BUDGET });
  if (all.covered === true) return { allowed: 'all', example: null };
  // Nothing covers what they have in common unless there is none: otherwise it is shown by a request.
  const some = covers(nothing, intersect(held, asked), { budget: BUDGET });
  if (some.covered === false) {
    return { allowed: all.covered === false ? 'some' : 'undecided', example: { ...some.counterexample } };
  }
  return { allowed: some.covered === true ? 'none' : 'undecided', example: null };
};
