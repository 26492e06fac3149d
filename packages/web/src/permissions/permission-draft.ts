import type { Output, PermissionsInput } from '@latchkey/contract';

export type Catalogue = Output<'permissions', 'catalogue'>;
export type ResourceType = Catalogue['resourceTypes'][number];
export type Kind = 'personal' | 'service';
export type Ability = 'full_access' | 'read' | 'write' | 'metrics';

export const abilities: readonly Ability[] = ['full_access', 'read', 'write', 'metrics'];

/** What was chosen for one type of resource: patterns as the keys of their segments, and actions on all of them. */
export interface GrantDraft {
  readonly patterns: readonly (readonly string[])[];
  readonly actions: readonly string[];
}

/** Both ways of saying it are kept while one switches between them. */
export interface PermissionDraft {
  readonly by: 'ability' | 'actions';
  readonly ability: Ability;
  readonly project: string;
  readonly manageTokens: boolean;
  /** By type of resource. */
  readonly grants: Readonly<Record<string, GrantDraft>>;
}

export const emptyPermissions: PermissionDraft = {
  by: 'ability',
  ability: 'read',
  project: '',
  manageTokens: false,
  grants: {},
};

/** The types of a pattern's segments: `project/*:env/*` has `project` and `env`. */
export const segmentTypes = ({ resource }: Pick<ResourceType, 'resource'>): readonly string[] =>
  resource.split(':').map((segment) => segment.split('/')[0] ?? segment);

export const emptyGrant = (type: ResourceType): GrantDraft => ({
  patterns: [segmentTypes(type).map(() => '*')],
  actions: [],
});

/** A pattern's text; an empty key stands for any. Types that can't be narrowed have the one that the catalogue gives. */
export const patternText = (type: ResourceType, keys: readonly string[]): string =>
  type.narrowable
    ? segmentTypes(type)
        .map((segment, index) => `${segment}/${keys[index]?.trim() || '*'}`)
        .join(':')
    : type.resource;

export const patternsOf = (type: ResourceType, grant: GrantDraft | undefined): readonly string[] => [
  ...new Set((grant ?? emptyGrant(type)).patterns.map((keys) => patternText(type, keys))),
];

/** What the API is asked for; `null` while nothing has been chosen. */
export const toPermissionsInput = (
  draft: PermissionDraft,
  kind: Kind,
  catalogue: Catalogue,
): PermissionsInput | null => {
  if (draft.by === 'ability') {
    const { ability, manageTokens } = draft;
    if (ability === 'full_access') {
      return kind === 'personal' ? { type: 'inherit', manageTokens } : { type: 'ability', ability };
    }
    const project = draft.project.trim();
    return { type: 'ability', ability, ...(project === '' ? {} : { project }) };
  }
  const statements = catalogue.resourceTypes.flatMap((type) => {
    const grant = draft.grants[type.type];
    if (grant === undefined || grant.actions.length === 0) return [];
    return [
      {
        ...(catalogue.dialect === 'featbit' && { resourceType: type.type }),
        effect: 'allow',
        actions: [...grant.actions],
        resources: [...patternsOf(type, grant)],
      },
    ];
  });
  return statements.length === 0 ? null : { type: 'statements', statements };
};
