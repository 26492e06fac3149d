import { expandAbility } from './abilities.ts';
import type { CatalogueAction, CatalogueResourceType, PermissionCatalogue } from './catalogue.ts';
import type { Statement } from './policy.ts';

/** What programs commonly need, as statements of an organization's own catalogue. */
export const templateIds = ['ci_deploy', 'reporting', 'terraform', 'sdk', 'incident_bot'] as const;
export type TemplateId = (typeof templateIds)[number];

export interface TokenTemplate {
  readonly templateId: TemplateId;
  /** A starting point: whoever issues a token by it still has to cover every one of them. */
  readonly statements: readonly Statement[];
}

type Choice = (action: CatalogueAction, type: CatalogueResourceType) => boolean;

/** Turning something on and off, in the words of each dialect. */
const SWITCHES = { featbit: 'ToggleFlag', launchdarkly: 'updateOn' } as const;

const ENDS_SOMETHING = /^(?:delete|archive)/iu;

/** What lies within an environment: flags, segments. */
const isWithinEnvironment = ({ resource }: CatalogueResourceType): boolean => resource.split(':').length > 2;

const choices = ({ dialect, resourceTypes }: PermissionCatalogue): Readonly<Record<TemplateId, Choice>> => {
  const [project] = resourceTypes.flatMap(({ resource }) => (resource.includes(':') ? resource.split(':') : []));
  const isWithinProject = ({ resource }: CatalogueResourceType) => resource.split(':')[0] === project;
  return {
    // Makes and changes, and ends nothing that somebody may still need.
    ci_deploy: ({ access, name }, type) =>
      access === 'read' || (access === 'write' && isWithinEnvironment(type) && !ENDS_SOMETHING.test(name)),
    reporting: ({ access }) => access === 'read',
    // Makes and ends projects with all that lies in them; members, policies and tokens are none of its business.
    terraform: (_, type) => isWithinProject(type),
    sdk: ({ access }, type) => isWithinProject(type) && (access === 'read' || access === 'metrics'),
    incident_bot: ({ access, name }) => access === 'read' || name === SWITCHES[dialect],
  };
};

/**
 * The templates that make sense in this catalogue, over all projects or the one whose key is given. Actions that service
 * tokens may not have are in none of them. Throws `InvalidResourceName` for a project key that isn't one.
 */
export const tokenTemplates = (
  catalogue: PermissionCatalogue,
  options: { readonly project?: string } = {},
): readonly TokenTemplate[] => {
  const chosen = choices(catalogue);
  return templateIds.flatMap((templateId) => {
    const statements = expandAbility('read', onlyAsRead(catalogue, chosen[templateId]), options);
    return statements.length === 0 ? [] : [{ templateId, statements }];
  });
};

/** The catalogue as if it had the chosen actions only, all of them of one level: what `expandAbility` then expands. */
const onlyAsRead = (catalogue: PermissionCatalogue, choice: Choice): PermissionCatalogue => ({
  ...catalogue,
  resourceTypes: catalogue.resourceTypes.map((type) => ({
    ...type,
    actions: type.actions
      .filter((action) => action.grantableToService && choice(action, type))
      .map((action) => ({ ...action, access: 'read' })),
  })),
});
