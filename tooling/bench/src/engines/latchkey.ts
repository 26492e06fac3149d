import { compilePermissions, decide, intersect, type PermissionSet, type Request } from '@latchkey/core/policy';
import type { Engine } from '../engine.ts';
import type { World, WorldStatement } from '../world.ts';

export const toPermissions = (statements: readonly WorldStatement[]): PermissionSet =>
  compilePermissions(
    [
      {
        name: 'world',
        statements: statements.map(({ effect, actions, project, environment, flag, tags }) => ({
          effect,
          actions,
          resources: [
            flag === null
              ? `project/${project}`
              : `project/${project}:env/${environment}:flag/${flag}${tags.length === 0 ? '' : `;${tags}`}`,
          ],
        })),
      },
    ],
    { dialect: 'featbit' },
  );

const engineOf = (name: string, permissions: PermissionSet): Engine<Request> => ({
  name,
  prepare: ({ action, project, environment, flag, tags }) => ({
    action,
    resource: `project/${project}:env/${environment}:flag/${flag}${tags.length === 0 ? '' : `;${tags}`}`,
  }),
  decide: (request) => decide(permissions, request).effect === 'allow',
});

export const createLatchkey = ({ statements }: World): Engine<Request> =>
  engineOf('latchkey', toPermissions(statements));

/** A personal token: its own permissions and its owner's, here twice the same size. */
export const createLatchkeyPersonal = ({ statements }: World): Engine<Request> =>
  engineOf('latchkey, two sets', intersect(toPermissions(statements), toPermissions(statements)));
