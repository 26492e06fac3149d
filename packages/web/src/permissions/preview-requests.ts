import type { RequestInput } from '@latchkey/contract';
import type { May } from '../session/use-session.tsx';
import {
  type Catalogue,
  type PermissionDraft,
  patternsOf,
  type ResourceType,
  segmentTypes,
} from './permission-draft.ts';

/** As many as `permissions.preview` and `permissions.decide` take at once. */
export const MAX_REQUESTS = 200;

/**
 * What to ask about, so that the answer speaks of what was chosen: the chosen actions on the chosen resources; for an
 * ability every action, on all resources of its type or those of the project, and on what the member's own policies name.
 */
export const previewRequests = (
  draft: PermissionDraft,
  catalogue: Catalogue,
  may: May | undefined,
): readonly RequestInput[] => {
  const requests = catalogue.resourceTypes.flatMap((type) => {
    const grant = draft.grants[type.type];
    const byActions = draft.by === 'actions';
    const actions = byActions ? (grant?.actions ?? []) : type.actions.map(({ name }) => name);
    const resources = byActions ? patternsOf(type, grant) : resourcesFor(type, draft, may);
    return resources.flatMap((resource) => actions.map((action) => ({ action, resource })));
  });
  return requests.slice(0, MAX_REQUESTS);
};

const resourcesFor = (type: ResourceType, draft: PermissionDraft, may: May | undefined): readonly string[] => {
  const project = draft.ability === 'full_access' ? '' : draft.project.trim();
  const all = project === '' ? type.resource : withProject(type, project);
  if (all === null) return [];
  const own = project === '' && draft.ability === 'full_access' ? namedBy(type, may) : [];
  return [...new Set([all, ...own])];
};

const withProject = (type: ResourceType, project: string): string | null => {
  const [first, ...rest] = type.resource.split(':');
  return first === 'project/*' || first === 'proj/*' ? [`${first.slice(0, -1)}${project}`, ...rest].join(':') : null;
};

/** Resources of a type that the member's policies name: a member of one project may nothing on all of them. */
const namedBy = (type: ResourceType, may: May | undefined): readonly string[] => {
  const types = segmentTypes(type).join(':');
  return (may?.policies ?? [])
    .flatMap(({ statements }) => statements)
    .filter(({ effect }) => effect === 'allow')
    .flatMap(({ resources = [] }) => resources)
    .filter((resource) => !resource.includes('$') && segmentTypes({ resource }).join(':') === types);
};
