import { type Glob, matchesGlob } from './glob.ts';
import { matchesPattern, matchesProperties, matchesTags, type Pattern, type SegmentPattern } from './pattern.ts';
import type { Name, NameSegment } from './request.ts';
import { type CompiledStatement, matchesAction } from './statement.ts';

/** One thing that kept a statement from matching. `segment` counts from 0; `unknown`: the request doesn't say. */
export type Missing =
  | { readonly what: 'action'; readonly wanted: readonly string[] }
  | { readonly what: 'excluded_action'; readonly excluded: readonly string[] }
  | { readonly what: 'excluded_resource'; readonly pattern: string }
  | { readonly what: 'depth'; readonly pattern: string; readonly wanted: number; readonly found: number }
  | {
      readonly what: 'path';
      readonly pattern: string;
      readonly segment: number;
      readonly wanted: string;
      readonly found: string;
    }
  | {
      readonly what: 'tags';
      readonly pattern: string;
      readonly segment: number;
      readonly wanted: readonly string[];
      /** Whether one of them would do. */
      readonly any: boolean;
      readonly unknown: boolean;
    }
  | {
      readonly what: 'properties';
      readonly pattern: string;
      readonly segment: number;
      readonly wanted: Readonly<Record<string, string>>;
      readonly unknown: boolean;
    };

/**
 * What a statement lacks to match: nothing where it does, one thing for a near miss, more where it is further away. Of
 * several patterns the nearest counts, and of equally near ones the first.
 */
export const findMissing = (statement: CompiledStatement, action: string, name: Name): readonly Missing[] => {
  const missing: Missing[] = [];
  if (!matchesAction(statement.actions, action)) missing.push(missingAction(statement));
  if (statement.negated) {
    const excluding = statement.patterns.find((pattern) => matchesPattern(pattern, name, statement.reading));
    if (excluding !== undefined) missing.push({ what: 'excluded_resource', pattern: excluding.text });
    return missing;
  }
  let nearest: readonly Missing[] | null = null;
  for (const pattern of statement.patterns) {
    const found = missingOfPattern(pattern, name, statement);
    if (nearest === null || found.length < nearest.length) nearest = found;
  }
  // No pattern at all: the list is empty, or a role attribute is unset. Nothing single would make it match.
  return nearest === null ? [...missing, NOTHING_LISTED, NOTHING_LISTED] : [...missing, ...nearest];
};

const NOTHING_LISTED: Missing = { what: 'action', wanted: [] };

const missingAction = ({ actions, by }: CompiledStatement): Missing =>
  actions.negated
    ? { what: 'excluded_action', excluded: by.statement.notActions ?? [] }
    : { what: 'action', wanted: by.statement.actions ?? [] };

const missingOfPattern = (pattern: Pattern, name: Name, { reading }: CompiledStatement): readonly Missing[] => {
  const { segments, below, text } = pattern;
  const missing: Missing[] = [];
  if (below ? segments.length > name.length : segments.length !== name.length) {
    missing.push({ what: 'depth', pattern: text, wanted: segments.length, found: name.length });
  }
  for (let i = 0; i < segments.length && i < name.length; i += 1) {
    const wanted = segments[i] as SegmentPattern;
    const found = name[i] as NameSegment;
    const at = { pattern: text, segment: i };
    if (!matchesGlob(wanted.path, found.path)) {
      missing.push({ what: 'path', ...at, wanted: textOf(wanted.path), found: found.path });
    }
    if (wanted.tags.length > 0 && !matchesTags(wanted, found.tags, reading)) {
      const unknown = found.tags === null;
      missing.push({ what: 'tags', ...at, wanted: wanted.tags.map(textOf), any: wanted.anyTag, unknown });
    }
    if (wanted.properties.length > 0 && !matchesProperties(wanted, found.properties, reading)) {
      const unknown = found.properties === null;
      missing.push({ what: 'properties', ...at, wanted: Object.fromEntries(wanted.properties), unknown });
    }
  }
  return missing;
};

const textOf = (glob: Glob): string => glob.parts.join('*');
