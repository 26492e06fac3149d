import { type ProcedurePath, type RestMethod, type RestRoute, restRoutes } from './routes.ts';

export type RouteMatch =
  | { readonly type: 'found'; readonly name: ProcedurePath; readonly fields: Readonly<Record<string, string>> }
  /** The path is known; these are its methods. */
  | { readonly type: 'other-method'; readonly allow: readonly string[] }
  | { readonly type: 'none' };

interface Row extends RestRoute {
  readonly name: ProcedurePath;
  readonly segments: readonly string[];
}

/** The table as it is searched: its names are those of its own type. */
export const restRows: readonly Row[] = Object.entries(restRoutes).map(([name, route]) => ({
  ...route,
  name: name as ProcedurePath,
  segments: route.path.split('/'),
}));

/** Finds the procedure for a method and a path below `/api/v1`, percent-encoded as it was received. */
export const matchRoute = (method: string, path: string): RouteMatch => {
  // RFC 9110, section 9.3.2: HEAD is GET without the body.
  const wanted = method === 'HEAD' ? 'GET' : method;
  const segments = path.split('/');
  const allow: RestMethod[] = [];
  for (const row of restRows) {
    const fields = fieldsOf(row.segments, segments);
    if (fields === null) continue;
    if (row.method === wanted) return { type: 'found', name: row.name, fields };
    allow.push(row.method);
  }
  return allow.length === 0 ? { type: 'none' } : { type: 'other-method', allow };
};

const fieldsOf = (pattern: readonly string[], segments: readonly string[]): Record<string, string> | null => {
  if (pattern.length !== segments.length) return null;
  const fields: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (!part.startsWith('{')) {
      if (part !== segment) return null;
      continue;
    }
    const decoded = decode(segment);
    if (decoded === null || decoded === '') return null;
    fields[part.slice(1, -1)] = decoded;
  }
  return fields;
};

const decode = (segment: string): string | null => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
};
