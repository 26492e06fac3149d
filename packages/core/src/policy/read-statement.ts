import { isControl } from './control-character.ts';
import { LIMITS } from './limits.ts';
import type { Dialect, Effect, Statement } from './policy.ts';
import type { ProblemList } from './problem.ts';
import { isRecord } from './record.ts';
import { scan } from './scan.ts';

/** `strict` for what people write here; `host` for what the host already enforces: its size is not our business. */
export interface ReadOptions {
  readonly dialect: Dialect;
  readonly mode: 'strict' | 'host';
}

const COMMON_KEYS = ['effect', 'actions', 'resources', 'id', 'description'];
const KEYS: Readonly<Record<Dialect, readonly string[]>> = {
  featbit: [...COMMON_KEYS, 'resourceType'],
  launchdarkly: [...COMMON_KEYS, 'notActions', 'notResources'],
};

/**
 * Reads one statement into a fresh object that holds nothing but the dialect's keys. Adds a problem for everything that
 * is wrong; what it returns then is not to be used.
 */
export const readStatement = (
  input: unknown,
  path: string,
  options: ReadOptions,
  problems: ProblemList,
): Statement | null => {
  if (!isRecord(input)) {
    problems.add(path, 'not_an_object', 'A statement is an object.');
    return null;
  }
  const known = KEYS[options.dialect];
  if (options.mode === 'strict') {
    for (const key of Object.keys(input)) {
      if (!known.includes(key)) {
        problems.add(
          memberPath(path, key),
          'unknown_key',
          `A statement of the ${options.dialect} dialect has no such key.`,
        );
      }
    }
  }
  // Own keys only: nothing is taken from a prototype that came with the input.
  const own = (key: string) => (known.includes(key) && Object.hasOwn(input, key) ? input[key] : undefined);
  const lists = (key: string, notKey: string) => readLists(own, key, notKey, path, options, problems);
  const effect = readEffect(own('effect'), path, options, problems);
  const [actions, notActions] = lists('actions', 'notActions');
  const [resources, notResources] = lists('resources', 'notResources');
  const text = (key: string) => readOptionalText(own(key), `${path}.${key}`, options, problems);
  const resourceType = text('resourceType');
  const id = text('id');
  const description = text('description');
  return Object.freeze({
    effect,
    ...(actions && { actions }),
    ...(notActions && { notActions }),
    ...(resources && { resources }),
    ...(notResources && { notResources }),
    ...(resourceType !== undefined && { resourceType }),
    ...(id !== undefined && { id }),
    ...(description !== undefined && { description }),
  });
};

const readEffect = (value: unknown, path: string, options: ReadOptions, problems: ProblemList): Effect => {
  if (value === 'allow' || value === 'deny') return value;
  // featbit's own evaluation takes whatever isn't an allow for a deny.
  if (options.mode === 'strict' || options.dialect !== 'featbit') {
    if (value === undefined) problems.add(`${path}.effect`, 'missing', 'A statement needs an effect.');
    else problems.add(`${path}.effect`, 'unknown_effect', 'An effect is exactly allow or deny.');
  }
  return 'deny';
};

type List = readonly string[] | undefined;

const readLists = (
  own: (key: string) => unknown,
  key: string,
  notKey: string,
  path: string,
  options: ReadOptions,
  problems: ProblemList,
): readonly [List, List] => {
  const value = own(key);
  const notValue = own(notKey);
  if (value !== undefined && notValue !== undefined) {
    problems.add(path, 'both_lists', `A statement has ${key} or ${notKey}, not both.`);
  } else if (value === undefined && notValue === undefined) {
    problems.add(`${path}.${key}`, 'missing', `A statement needs a list of ${key}.`);
  }
  const read = (list: unknown, name: string): List =>
    list === undefined ? undefined : readList(list, `${path}.${name}`, key, options, problems);
  const not = read(notValue, notKey);
  if (not?.length === 0) problems.add(`${path}.${notKey}`, 'empty_list', `A list of ${notKey} needs an entry.`);
  return [read(value, key), not];
};

const readList = (
  value: unknown,
  path: string,
  of: string,
  options: ReadOptions,
  problems: ProblemList,
): readonly string[] => {
  if (!Array.isArray(value)) {
    problems.add(path, 'not_a_list', 'This is a list of texts.');
    return [];
  }
  const list: string[] = [];
  for (let i = 0; i < value.length && !problems.full; i += 1) {
    const entry: unknown = value[i];
    const at = `${path}[${i}]`;
    if (typeof entry !== 'string') problems.add(at, 'not_text', 'This is text.');
    else if (entry === '') problems.add(at, 'empty_text', 'This is not empty.');
    else {
      list.push(entry);
      if (of === 'actions') checkAction(entry, at, options, problems);
      else checkPattern(entry, at, options, problems);
    }
  }
  return Object.freeze(list);
};

const checkAction = (action: string, path: string, { dialect, mode }: ReadOptions, problems: ProblemList): void => {
  // From a featbit host `Update*` is a name like any other: it compares, and so do we.
  if (mode === 'host') return;
  if (action.length > LIMITS.patternCharacters) {
    problems.add(path, 'action_too_long', `An action has at most ${LIMITS.patternCharacters} characters.`);
  } else if (dialect === 'featbit' && action !== '*' && action.includes('*')) {
    problems.add(path, 'action_wildcard', 'An action of the featbit dialect is an exact name or a lone *.');
  } else checkText(action, path, problems);
};

const checkPattern = (pattern: string, path: string, { dialect, mode }: ReadOptions, problems: ProblemList): void => {
  if (mode === 'strict' && pattern.length > LIMITS.patternCharacters) {
    problems.add(path, 'pattern_too_long', `A pattern has at most ${LIMITS.patternCharacters} characters.`);
    return;
  }
  const scanned = scan(pattern, dialect, 'pattern');
  if (!scanned.ok) {
    problems.add(path, scanned.code, scanned.message);
    return;
  }
  if (mode === 'host') return;
  checkText(pattern, path, problems);
  if (scanned.segments.length > LIMITS.segments) {
    problems.add(path, 'too_many_segments', `A pattern has at most ${LIMITS.segments} segments.`);
  }
  for (const { tags } of scanned.segments) {
    if (tags.length > LIMITS.tagsOfSegment) {
      problems.add(path, 'too_many_tags', `A segment of a pattern has at most ${LIMITS.tagsOfSegment} tags.`);
    }
    if (tags.some((tag) => tag.length === 0)) problems.add(path, 'empty_tag', 'A tag between two commas is not empty.');
  }
};

/** What can't be stored, printed or compared by everyone who will: PostgreSQL takes neither NUL nor half a character. */
export const checkText = (text: string, path: string, problems: ProblemList): void => {
  let printable = text.isWellFormed();
  for (let i = 0; printable && i < text.length; i += 1) printable = !isControl(text.charCodeAt(i));
  if (!printable) problems.add(path, 'ill_formed_text', 'This text holds a control character or half of one.');
};

/** `null` and a missing key say the same: some hosts write every key. */
export const readOptionalText = (
  value: unknown,
  path: string,
  { mode }: ReadOptions,
  problems: ProblemList,
): string | undefined => {
  if (value === undefined || (value === null && mode === 'host')) return undefined;
  if (typeof value === 'string') {
    // Line breaks are welcome in a description, so only what no database takes is refused.
    if (mode === 'strict' && (!value.isWellFormed() || value.includes('\0'))) {
      problems.add(path, 'ill_formed_text', 'This text holds a NUL or half of a character.');
    }
    return value;
  }
  // The host compares its resource type with `*` only; anything else of these decides nothing.
  if (mode === 'strict') problems.add(path, 'not_text', 'This is text.');
  return undefined;
};

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** A key in a problem's path, quoted where it isn't a plain name; never more of it than a person can read. */
export const memberPath = (path: string, key: string): string =>
  NAME.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key.slice(0, 64))}]`;
