import { isControl } from '../policy/control-character.ts';
import type { PermissionLayer } from '../policy/decide-layers.ts';
import type { ResourceName, ResourceSegment } from '../policy/resource.ts';
import { withoutDetails } from '../policy/resource-path.ts';

/** What a count stands for where it stands for more than one resource, and nothing more is known of them. */
export const ANY_RESOURCE = '*';

/**
 * A request's resource as text, under which its decisions are counted: `project/shop:env/prod:flag/checkout;paid`.
 * Unknown tags and properties are left out. That loses nothing of what was allowed: what is allowed while they are
 * unknown is allowed whatever they are.
 */
export const countedResource = (resource: string | ResourceName, layers: readonly PermissionLayer[]): string => {
  if (typeof resource === 'string') return resource;
  let text = '';
  for (const segment of resource.segments) {
    if (text !== '') text += ':';
    text += segment.key === undefined ? segment.type : `${segment.type}/${segment.key}`;
    if (segment.tags !== undefined || segment.properties !== undefined) text += detailsOf(segment, layers);
  }
  return text;
};

/** Properties have a place in launchdarkly names only; elsewhere nothing is decided by them. */
const detailsOf = ({ tags = [], properties }: ResourceSegment, layers: readonly PermissionLayer[]): string => {
  const written =
    properties !== undefined && layers.some(isLaunchdarkly)
      ? Object.entries(properties).map(([key, value]) => `{${key}:${value}}`)
      : [];
  return tags.length + written.length === 0 ? '' : `;${[...tags, ...written].join(',')}`;
};

const isLaunchdarkly = ({ permissions }: PermissionLayer): boolean =>
  permissions.factors.some(({ dialect }) => dialect === 'launchdarkly');

/**
 * All resources beside this one: `project/shop:env/prod:flag/*`, without tags and properties. A pattern, not a name.
 * {@link ANY_RESOURCE} where the text is odd.
 */
export const siblingsOf = (resource: string): string => {
  const path = withoutDetails(resource);
  const last = path.lastIndexOf(':') + 1;
  const slash = path.indexOf('/', last);
  return slash < 0 ? ANY_RESOURCE : `${path.slice(0, slash)}/*`;
};

/** Whether a text can be stored, and shown on a line: no control character, no half of a surrogate pair. */
export const isPlainText = (text: string): boolean => {
  if (!text.isWellFormed()) return false;
  for (let i = 0; i < text.length; i += 1) if (isControl(text.charCodeAt(i))) return false;
  return true;
};
