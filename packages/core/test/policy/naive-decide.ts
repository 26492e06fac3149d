import type { Dialect, Policy, RoleAttributes, Statement } from '../../src/policy/index.ts';

/**
 * A second implementation of the policy language, from its description and not from the first: slow, recursive, and
 * without any preparation. It shares no code with what it checks.
 */
export interface NaiveSegment {
  readonly path: string;
  readonly tags: readonly string[] | 'unknown';
  readonly properties: Readonly<Record<string, string>> | 'unknown';
}

export interface NaiveRequest {
  readonly action: string;
  readonly segments: readonly NaiveSegment[];
}

export type NaiveDecision = 'allow' | 'explicit_deny' | 'no_allow';

export const naiveDecide = (
  policies: readonly Policy[],
  dialect: Dialect,
  attributes: RoleAttributes,
  request: NaiveRequest,
): NaiveDecision => {
  const judge = (statements: readonly Statement[]): NaiveDecision => {
    const hits = (effect: string) =>
      statements.some((s) => s.effect === effect && hit(s, dialect, attributes, request, effect === 'deny'));
    if (!hits('allow')) return 'no_allow';
    return hits('deny') ? 'explicit_deny' : 'allow';
  };
  if (dialect === 'featbit') return judge(policies.flatMap((policy) => policy.statements));
  const each = policies.map((policy) => judge(policy.statements));
  if (each.includes('allow')) return 'allow';
  return each.includes('explicit_deny') ? 'explicit_deny' : 'no_allow';
};

const hit = (s: Statement, dialect: Dialect, attributes: RoleAttributes, request: NaiveRequest, deny: boolean) => {
  if (dialect === 'featbit' && deny && s.resourceType === '*') return true;
  const one = (pattern: string) =>
    dialect === 'featbit' ? pattern === '*' || pattern === request.action : glob(hide('', pattern), request.action);
  const action = s.notActions ? !s.notActions.some(one) : (s.actions ?? []).some(one);
  if (!action) return false;
  const against = s.notResources ? !deny : deny;
  const name = (pattern: string) => matchesName(pattern, dialect, attributes, request.segments, against);
  return s.notResources ? !s.notResources.some(name) : (s.resources ?? []).some(name);
};

/** `against`: a match keeps the caller out, so that everything unknown is taken for one. */
const matchesName = (
  pattern: string,
  dialect: Dialect,
  attributes: RoleAttributes,
  segments: readonly NaiveSegment[],
  against: boolean,
): boolean => {
  if (pattern === '*') return true;
  if (dialect === 'launchdarkly') {
    const placeholder = /\$\{roleAttribute\/([^}]+)\}/.exec(pattern);
    if (placeholder !== null) {
      const key = placeholder[1] as string;
      const values = Object.hasOwn(attributes, key) ? (attributes[key] ?? []) : [];
      if (values.length === 0) return against;
      return values.some((value) =>
        matchesName(
          pattern.replaceAll(placeholder[0], () => hide(value, '')),
          dialect,
          attributes,
          segments,
          against,
        ),
      );
    }
  }
  const parts = split(pattern, dialect);
  if (dialect === 'featbit' ? parts.length > segments.length : parts.length !== segments.length) return false;
  return parts.every((part, i) => matchesPart(part, segments[i] as NaiveSegment, dialect, against));
};

/** Cuts at the colons that stand outside braces. */
const split = (pattern: string, dialect: Dialect): string[] => {
  if (dialect === 'featbit') return pattern.split(':');
  const parts = [''];
  let inside = false;
  let details = false;
  for (const c of pattern) {
    if (c === ';') details = true;
    if (details && c === '{') inside = true;
    if (c === '}') inside = false;
    if (c === ':' && !inside) {
      parts.push('');
      details = false;
    } else parts[parts.length - 1] += c;
  }
  return parts;
};

const matchesPart = (part: string, segment: NaiveSegment, dialect: Dialect, against: boolean): boolean => {
  const cut = part.indexOf(';');
  const path = cut < 0 ? part : part.slice(0, cut);
  let details = cut < 0 ? '' : part.slice(cut + 1);
  if (!glob(path, segment.path)) return false;
  if (dialect === 'launchdarkly') {
    for (const braces of details.match(/\{[^}]*\}/g) ?? []) {
      details = details.replace(braces, '');
      for (const pair of braces.slice(1, -1).split(',')) {
        const [key, ...value] = pair.split(':');
        if (segment.properties === 'unknown') {
          if (!against) return false;
        } else if (segment.properties[key as string] !== show(value.join(':'))) return false;
      }
    }
  }
  const tags = details.split(',').filter((tag) => tag !== '');
  if (tags.length === 0) return true;
  if (segment.tags === 'unknown') return against;
  const found = tags.map((tag) => (segment.tags as readonly string[]).some((own) => glob(tag, own)));
  return dialect === 'featbit' ? found.includes(true) : !found.includes(false);
};

/** Characters of a role attribute's value move to a private area, where none of them means anything. */
const OFFSET = 0xe000;
const hide = (value: string, rest: string): string =>
  value.replace(/[\s\S]/g, (c) => String.fromCharCode(OFFSET + c.charCodeAt(0))) + rest;
const show = (text: string): string =>
  text.replace(/[\uE000-\uE0FF]/g, (c) => String.fromCharCode(c.charCodeAt(0) - OFFSET));

/** The definition, read aloud: a star takes nothing, or one more character. */
const glob = (pattern: string, text: string): boolean => {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') return glob(pattern.slice(1), text) || (text !== '' && glob(pattern, text.slice(1)));
  return text !== '' && show(pattern[0] as string) === text[0] && glob(pattern.slice(1), text.slice(1));
};
