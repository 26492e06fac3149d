import { describe, expect, it } from 'vitest';
import { InvalidCatalogue, readCatalogue } from '../../src/policy/index.ts';

const VERBS = ['issue', 'clone', 'rename', 'describe', 'rotate', 'activate', 'deactivate', 'revoke', 'extend'];

const written = (dialect: 'featbit' | 'launchdarkly') => ({
  dialect,
  accessLevels: ['read', 'admin'],
  resourceTypes: [
    {
      type: 'token',
      resource: 'token/*',
      narrowable: true,
      actions: [{ name: 'see', access: 'read', grantableToService: true, narrowable: false }],
    },
  ],
  policies: [
    { name: 'mine', statements: [{ effect: 'allow', actions: ['see'], resources: ['*'] }] },
    { name: 'theirs', builtIn: true, statements: [] },
  ],
  management:
    dialect === 'featbit'
      ? {
          list: { action: 'list', resource: 'token/*' },
          managePersonal: { action: 'own', resource: 'token/{tokenId}' },
          manageService: { action: 'serve', resource: 'service/{tokenId}' },
          administer: { action: 'rule', resource: 'iam/*' },
        }
      : {
          list: { action: 'list', resource: 'token/*' },
          personal: {
            resource: 'own/*',
            changePermissions: 'change',
            ...Object.fromEntries(VERBS.map((verb) => [verb, `own-${verb}`])),
          },
          service: { resource: 'service/*', ...Object.fromEntries(VERBS.map((verb) => [verb, `serve-${verb}`])) },
          administer: { action: 'rule', resource: 'iam/*' },
        },
});

/** The same with something else at a path such as `management.list.action`. */
const withAt = (input: object, path: string, value: unknown): unknown => {
  const copy = structuredClone(input);
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  const last = keys.pop() as string;
  let at = copy as Record<string, unknown>;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  at[last] = value;
  return copy;
};

const messageOf = (input: unknown): string => {
  try {
    readCatalogue(input);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidCatalogue);
    expect((error as Error).name).toBe('InvalidCatalogue');
    return (error as Error).message;
  }
  return 'read';
};

const TEXTS = [
  'resourceTypes[0].type',
  'resourceTypes[0].resource',
  'resourceTypes[0].actions[0].name',
  'management.list.action',
  'management.list.resource',
  'management.administer.action',
  'management.administer.resource',
];
const TEXTS_OF = {
  featbit: ['managePersonal.action', 'managePersonal.resource', 'manageService.action', 'manageService.resource'],
  launchdarkly: [
    'personal.resource',
    'service.resource',
    'personal.issue',
    'personal.changePermissions',
    'service.extend',
  ],
};
const FLAGS = [
  'resourceTypes[0].narrowable',
  'resourceTypes[0].actions[0].grantableToService',
  'resourceTypes[0].actions[0].narrowable',
];
const RECORDS = [
  'management',
  'management.list',
  'management.administer',
  'resourceTypes[0]',
  'resourceTypes[0].actions[0]',
];
const RECORDS_OF = { featbit: ['manageService'], launchdarkly: ['personal', 'service'] };
const LISTS = ['accessLevels', 'resourceTypes', 'resourceTypes[0].actions'];

describe.each(['featbit', 'launchdarkly'] as const)('a catalogue of the %s dialect', (dialect) => {
  const whole = written(dialect);

  it('is read whole', () => {
    const catalogue = readCatalogue(whole);
    expect({ ...catalogue, management: null }).toEqual({
      ...whole,
      policies: [{ ...whole.policies[0], builtIn: false }, whole.policies[1]],
      management: null,
    });
    const { list, administer, personal, service } = catalogue.management;
    expect([list, administer]).toEqual([whole.management.list, whole.management.administer]);
    const request = (kind: 'own' | 'serve', verb: string) =>
      dialect === 'featbit'
        ? { action: kind, resource: kind === 'own' ? 'token/{tokenId}' : 'service/{tokenId}' }
        : {
            action: verb === 'changePermissions' ? 'change' : `${kind}-${verb}`,
            resource: kind === 'own' ? 'own/*' : 'service/*',
          };
    const all = (kind: 'own' | 'serve', verbs: readonly string[]) =>
      Object.fromEntries(verbs.map((verb) => [verb, request(kind, verb)]));
    expect(personal).toEqual(all('own', [...VERBS, 'changePermissions']));
    expect(service).toEqual(all('serve', VERBS));
  });

  it('is refused for any part that is missing or odd, and said which', () => {
    for (const path of [...TEXTS, ...TEXTS_OF[dialect].map((key) => `management.${key}`)]) {
      for (const odd of ['', 7, undefined]) expect(messageOf(withAt(whole, path, odd))).toBe(`${path} is not text.`);
    }
    for (const path of FLAGS) {
      for (const odd of ['true', 1, undefined]) {
        expect(messageOf(withAt(whole, path, odd))).toBe(`${path} is neither true nor false.`);
      }
    }
    for (const path of [...RECORDS, ...RECORDS_OF[dialect].map((key) => `management.${key}`)]) {
      for (const odd of [[], 'a', null]) expect(messageOf(withAt(whole, path, odd))).toBe(`${path} is not an object.`);
    }
    for (const path of LISTS) {
      for (const odd of [{}, 'ab', undefined])
        expect(messageOf(withAt(whole, path, odd))).toBe(`${path} is not a list.`);
    }
    expect(messageOf([])).toBe('catalogue is not an object.');
    expect(messageOf({ ...whole, dialect: 'aws' })).toBe('dialect is none of featbit, launchdarkly.');
    expect(messageOf({ ...whole, accessLevels: ['read', 'root'] })).toBe(
      'accessLevels[1] is none of read, write, metrics, admin.',
    );
    expect(messageOf(withAt(whole, 'resourceTypes[0].actions[0].access', 'write'))).toBe(
      'resourceTypes[0].actions[0].access is none of read, admin.',
    );
    expect(messageOf(withAt(whole, 'policies[0].statements', 1))).toMatch(/^policies\[0\]\.statements: \S/);
  });
});

it('of a host without actions for some verbs takes those of others, and only where it has none', () => {
  const whole = written('launchdarkly');
  const bare = structuredClone(whole) as { management: { service: Record<string, string> } };
  for (const verb of ['clone', 'activate', 'deactivate']) delete bare.management.service[verb];
  const { service } = readCatalogue(bare).management;
  expect([service.clone.action, service.activate.action, service.deactivate.action]).toEqual([
    'serve-issue',
    'serve-issue',
    'serve-revoke',
  ]);
  expect(service.rotate.action).toBe('serve-rotate');
});
