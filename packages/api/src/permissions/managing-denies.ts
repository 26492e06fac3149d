import type { ManagementRequest, PermissionCatalogue, Statement } from '@latchkey/core';

/**
 * Denies that keep wildcards from giving a token the actions that list and manage tokens: those have to be named
 * (NO-SELF-HELP). An action that an allow of `statements` names, on resources of that kind, is left alone.
 */
export const managingDenies = (catalogue: PermissionCatalogue, statements: readonly Statement[]): Statement[] => {
  const allows = statements.filter((statement) => statement.effect === 'allow');
  return managingRequests(catalogue)
    .filter((request) => !allows.some((allow) => names(allow, request)))
    .map(({ action, resource }) => ({ effect: 'deny', actions: [action], resources: [resource] }));
};

/** Each once, with the placeholders of its resource opened into wildcards. */
const managingRequests = ({ management }: PermissionCatalogue): readonly ManagementRequest[] => {
  const all = [management.list, ...Object.values(management.personal), ...Object.values(management.service)];
  const patterns = all.map(({ action, resource }) => ({ action, resource: resource.replaceAll(/\{\w+\}/gu, '*') }));
  return [...new Map(patterns.map((pattern) => [`${pattern.action} ${pattern.resource}`, pattern])).values()];
};

const names = (allow: Statement, { action, resource }: ManagementRequest): boolean =>
  (allow.actions?.includes(action) ?? false) &&
  (allow.notResources !== undefined || (allow.resources ?? []).some((pattern) => speaksOf(pattern, resource)));

/** Whether a pattern can mean resources of this kind: the same types, segment by segment. */
const speaksOf = (pattern: string, resource: string): boolean => {
  if (pattern === '*') return true;
  const written = pattern.split(':').map(typeOf);
  const meant = resource.split(':').map(typeOf);
  return written.length <= meant.length && written.every((type, index) => type.includes('*') || type === meant[index]);
};

const typeOf = (segment: string): string => segment.split(/[/;]/u, 1)[0] ?? '';
