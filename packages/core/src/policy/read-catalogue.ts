import type {
  AccessLevel,
  CatalogueResourceType,
  ManagedVerb,
  ManagementRequest,
  PermissionCatalogue,
  TokenManagement,
} from './catalogue.ts';
import { parsePolicies } from './parse.ts';
import { isRecord } from './record.ts';

/** A catalogue is configuration: one that can't be read is a mistake of whoever set it up, and nothing starts with it. */
export class InvalidCatalogue extends Error {
  override readonly name = 'InvalidCatalogue';
}

/** Reads a catalogue from JSON, with either shape of `management`. Throws {@link InvalidCatalogue}. */
export const readCatalogue = (input: unknown): PermissionCatalogue => {
  const root = record(input, 'catalogue');
  const dialect = oneOf(root['dialect'], ['featbit', 'launchdarkly'] as const, 'dialect');
  const accessLevels = list(root['accessLevels'], 'accessLevels').map((level, i) =>
    access(level, `accessLevels[${i}]`),
  );
  const resourceTypes = list(root['resourceTypes'], 'resourceTypes').map((type, i) =>
    readResourceType(type, `resourceTypes[${i}]`, accessLevels),
  );
  const parsed = parsePolicies(root['policies'], dialect);
  if (!parsed.ok) {
    const [problem] = parsed.problems;
    throw new InvalidCatalogue(`policies${problem?.path}: ${problem?.message}`);
  }
  return Object.freeze({
    dialect,
    accessLevels: Object.freeze(accessLevels),
    resourceTypes: Object.freeze(resourceTypes),
    policies: Object.freeze(
      parsed.value.map(({ name, builtIn = false, statements }) => Object.freeze({ name, builtIn, statements })),
    ),
    management: Object.freeze(readManagement(record(root['management'], 'management'))),
  });
};

const readResourceType = (input: unknown, at: string, levels: readonly AccessLevel[]): CatalogueResourceType => {
  const type = record(input, at);
  const actions = list(type['actions'], `${at}.actions`).map((entry, i) => {
    const path = `${at}.actions[${i}]`;
    const action = record(entry, path);
    return Object.freeze({
      name: text(action['name'], `${path}.name`),
      access: oneOf(action['access'], levels, `${path}.access`),
      grantableToService: flag(action['grantableToService'], `${path}.grantableToService`),
      narrowable: flag(action['narrowable'], `${path}.narrowable`),
    });
  });
  return Object.freeze({
    type: text(type['type'], `${at}.type`),
    resource: text(type['resource'], `${at}.resource`),
    narrowable: flag(type['narrowable'], `${at}.narrowable`),
    actions: Object.freeze(actions),
  });
};

const PERSONAL_VERBS = [
  'issue',
  'clone',
  'rename',
  'describe',
  'changePermissions',
  'rotate',
  'activate',
  'deactivate',
  'revoke',
  'extend',
] as const satisfies readonly ManagedVerb[];

const SERVICE_VERBS = PERSONAL_VERBS.filter((verb) => verb !== 'changePermissions');

/**
 * A host of the launchdarkly kind has no action for three verbs. What stops a token needs what removes it; what puts a
 * credential into service, anew or again, needs what makes one: nobody brings back by `activate` what they couldn't issue.
 */
const FALLBACKS: Readonly<Partial<Record<ManagedVerb, ManagedVerb>>> = {
  clone: 'issue',
  activate: 'issue',
  deactivate: 'revoke',
};

const readManagement = (input: Readonly<Record<string, unknown>>): TokenManagement => {
  const at = 'management';
  const request = (key: string): ManagementRequest => {
    const value = record(input[key], `${at}.${key}`);
    return Object.freeze({
      action: text(value['action'], `${at}.${key}.action`),
      resource: text(value['resource'], `${at}.${key}.resource`),
    });
  };
  const table = <V extends ManagedVerb>(verbs: readonly V[], of: (verb: V) => ManagementRequest) =>
    Object.freeze(Object.fromEntries(verbs.map((verb) => [verb, of(verb)]))) as Readonly<Record<V, ManagementRequest>>;
  /** featbit: one action for everything that is done to tokens of a kind. */
  const single = <V extends ManagedVerb>(verbs: readonly V[], key: string) => {
    const one = request(key);
    return table(verbs, () => one);
  };
  /** launchdarkly: an action for each verb, and one resource template for all of them. */
  const each = <V extends ManagedVerb>(verbs: readonly V[], key: string) => {
    const value = record(input[key], `${at}.${key}`);
    const resource = text(value['resource'], `${at}.${key}.resource`);
    return table(verbs, (verb) => {
      const fallback = FALLBACKS[verb];
      const action = value[verb] ?? (fallback === undefined ? undefined : value[fallback]);
      return Object.freeze({ action: text(action, `${at}.${key}.${verb}`), resource });
    });
  };
  const featbit = input['managePersonal'] !== undefined;
  return {
    list: request('list'),
    personal: featbit ? single(PERSONAL_VERBS, 'managePersonal') : each(PERSONAL_VERBS, 'personal'),
    service: featbit ? single(SERVICE_VERBS, 'manageService') : each(SERVICE_VERBS, 'service'),
    administer: request('administer'),
  };
};

const record = (value: unknown, at: string): Readonly<Record<string, unknown>> => {
  if (!isRecord(value)) throw new InvalidCatalogue(`${at} is not an object.`);
  return value;
};

const list = (value: unknown, at: string): readonly unknown[] => {
  if (!Array.isArray(value)) throw new InvalidCatalogue(`${at} is not a list.`);
  return value;
};

const text = (value: unknown, at: string): string => {
  if (typeof value !== 'string' || value === '') throw new InvalidCatalogue(`${at} is not text.`);
  return value;
};

const flag = (value: unknown, at: string): boolean => {
  if (typeof value !== 'boolean') throw new InvalidCatalogue(`${at} is neither true nor false.`);
  return value;
};

const oneOf = <T extends string>(value: unknown, allowed: readonly T[], at: string): T => {
  const found = allowed.find((entry) => entry === value);
  if (found === undefined) throw new InvalidCatalogue(`${at} is none of ${allowed.join(', ')}.`);
  return found;
};

const access = (value: unknown, at: string): AccessLevel =>
  oneOf(value, ['read', 'write', 'metrics', 'admin'] as const, at);
