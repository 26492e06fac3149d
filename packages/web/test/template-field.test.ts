import { expect, it } from 'vitest';
import { type Catalogue, emptyPermissions, toPermissionsInput } from '../src/permissions/permission-draft.ts';
import { grantsOf } from '../src/permissions/template-field.tsx';

const action = (name: string) => ({ name, access: 'write' as const, grantableToService: true, narrowable: true });
const catalogue: Catalogue = {
  dialect: 'featbit',
  resourceTypes: [
    { type: 'project', resource: 'project/*', narrowable: true, actions: [action('CanAccessProject')] },
    {
      type: 'flag',
      resource: 'project/*:env/*:flag/*',
      narrowable: true,
      actions: [action('ToggleFlag'), action('X')],
    },
  ],
};

it('a template fills in its actions, on all resources of their types, and nothing else', () => {
  const statements = [
    {
      effect: 'allow' as const,
      resourceType: 'flag',
      actions: ['ToggleFlag'],
      resources: ['project/*:env/*:flag/*'],
    },
  ];
  const grants = grantsOf({ statements }, catalogue);
  expect(grants).toEqual({ flag: { patterns: [['*', '*', '*']], actions: ['ToggleFlag'] } });
  expect(toPermissionsInput({ ...emptyPermissions, by: 'actions', grants }, 'service', catalogue)).toEqual({
    type: 'statements',
    statements,
  });
});
