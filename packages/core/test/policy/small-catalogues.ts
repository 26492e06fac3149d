import type { CatalogueResourceType, Dialect, PermissionCatalogue } from '../../src/policy/index.ts';
import { catalogues } from './vectors.ts';

const action = (name: string, given: Partial<CatalogueResourceType['actions'][number]> = {}) => ({
  name,
  access: 'read' as const,
  grantableToService: true,
  narrowable: true,
  ...given,
});

/** Small enough that what comes out of it can be written down whole. */
export const smallCatalogue = (dialect: Dialect, project: string): PermissionCatalogue => ({
  ...catalogues[dialect],
  dialect,
  resourceTypes: [
    {
      type: 'project',
      resource: `${project}/*`,
      narrowable: true,
      actions: [
        action('see'),
        action('list', { narrowable: false }),
        action('rename', { access: 'write' }),
        action('delete', { access: 'admin', grantableToService: false }),
      ],
    },
    {
      type: 'flag',
      resource: `${project}/*:flag/*`,
      narrowable: true,
      actions: [action('see'), action('toggle', { access: 'write' }), action('measure', { access: 'metrics' })],
    },
    {
      type: 'iam',
      resource: 'iam/*',
      narrowable: false,
      actions: [
        action('audit'),
        action('administer', { access: 'admin', grantableToService: false }),
        action('invite', { access: 'admin', grantableToService: false }),
      ],
    },
  ],
});
