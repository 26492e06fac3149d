import {
  compilePermissions,
  decide,
  intersect,
  type PermissionSet,
  type Policy,
  parsePolicies,
  type Request,
} from '@latchkey/core/policy';
import type { Engine } from '../engine.ts';
import type { World, WorldRequest, WorldStatement } from '../world.ts';

const tagged = (name: string, tags: readonly string[]): string => (tags.length === 0 ? name : `${name};${tags}`);

/** As they come from whoever stores them: parsed. */
export const toPolicies = (statements: readonly WorldStatement[]): readonly Policy[] => {
  const written = statements.map(({ effect, actions, project, environment, flag, tags }) => ({
    effect,
    actions,
    resources: [
      flag === null ? `project/${project}` : tagged(`project/${project}:env/${environment}:flag/${flag}`, tags),
    ],
  }));
  const parsed = parsePolicies([{ name: 'world', statements: written }], 'featbit');
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('; '));
  return parsed.value;
};

export const toPermissions = (statements: readonly WorldStatement[]): PermissionSet =>
  compilePermissions(toPolicies(statements), { dialect: 'featbit' });

export const toRequest = ({ action, project, environment, flag, tags }: WorldRequest): Request => ({
  action,
  resource: tagged(`project/${project}:env/${environment}:flag/${flag}`, tags),
});

const engineOf = (name: string, permissions: PermissionSet): Engine<Request> => ({
  name,
  prepare: toRequest,
  decide: (request) => decide(permissions, request).effect === 'allow',
});

export const createLatchkey = ({ statements }: World): Engine<Request> =>
  engineOf('latchkey', toPermissions(statements));

/** A personal token: its own permissions and its owner's, here twice the same size. */
export const createLatchkeyPersonal = ({ statements }: World): Engine<Request> =>
  engineOf('latchkey, two sets', intersect(toPermissions(statements), toPermissions(statements)));
