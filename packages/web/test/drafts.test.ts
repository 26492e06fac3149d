import { describe, expect, it } from 'vitest';
import { emptyFilter, toAuditInput } from '../src/audit/audit-filter.ts';
import {
  type Catalogue,
  emptyPermissions,
  type PermissionDraft,
  toPermissionsInput,
} from '../src/permissions/permission-draft.ts';
import { MAX_REQUESTS, previewRequests } from '../src/permissions/preview-requests.ts';
import { findJsonFault } from '../src/policies/json-fault.ts';
import { readPolicyText } from '../src/policies/policy-text.ts';
import { refusalOf } from '../src/refusals/refusal.ts';
import { DEFAULT_EXPIRY, expiryInstant } from '../src/tokens/expiry.ts';
import { addressRangesOf } from '../src/tokens/issue-draft.ts';
import { curlCommand, envLine } from '../src/tokens/reveal-text.ts';
import { readTokenQuery, toListInput, writeTokenQuery } from '../src/tokens/token-query.ts';

const action = (name: string, access: 'read' | 'write' | 'admin' = 'write') => ({
  name,
  access,
  grantableToService: true,
  narrowable: true,
});

const catalogue: Catalogue = {
  dialect: 'featbit',
  resourceTypes: [
    { type: 'iam', resource: 'iam/*', narrowable: false, actions: [action('CanManageIAM', 'admin')] },
    { type: 'project', resource: 'project/*', narrowable: true, actions: [action('CanAccessProject', 'read')] },
    {
      type: 'flag',
      resource: 'project/*:env/*:flag/*',
      narrowable: true,
      actions: [action('ToggleFlag'), action('DeleteFlag')],
    },
  ],
};

const byActions: PermissionDraft = {
  ...emptyPermissions,
  by: 'actions',
  grants: {
    iam: { patterns: [['ignored']], actions: ['CanManageIAM'] },
    flag: {
      patterns: [
        ['shop', '', ' checkout;paid '],
        ['shop', '*', 'checkout;paid'],
      ],
      actions: ['ToggleFlag'],
    },
    project: { patterns: [['*']], actions: [] },
  },
};

describe('permissions as they are chosen', () => {
  it('become statements: one a type, empty keys for any, each resource once, nothing where nothing is chosen', () => {
    expect(toPermissionsInput(byActions, 'personal', catalogue)).toEqual({
      type: 'statements',
      statements: [
        { resourceType: 'iam', effect: 'allow', actions: ['CanManageIAM'], resources: ['iam/*'] },
        {
          resourceType: 'flag',
          effect: 'allow',
          actions: ['ToggleFlag'],
          resources: ['project/shop:env/*:flag/checkout;paid'],
        },
      ],
    });
    expect(toPermissionsInput({ ...byActions, grants: {} }, 'personal', catalogue)).toBeNull();
  });

  it('have no resourceType in the dialect that has none', () => {
    const input = toPermissionsInput(byActions, 'personal', { ...catalogue, dialect: 'launchdarkly' });
    expect(JSON.stringify(input)).not.toContain('resourceType');
  });

  it('mean inheriting for full access of a personal token, and a copy for a service token', () => {
    const draft: PermissionDraft = { ...emptyPermissions, ability: 'full_access', manageTokens: true, project: 'shop' };
    expect(toPermissionsInput(draft, 'personal', catalogue)).toEqual({ type: 'inherit', manageTokens: true });
    expect(toPermissionsInput(draft, 'service', catalogue)).toEqual({ type: 'ability', ability: 'full_access' });
  });

  it('are previewed by the very requests that were chosen, and never by more than the API takes', () => {
    expect(previewRequests(byActions, catalogue, undefined)).toEqual([
      { action: 'CanManageIAM', resource: 'iam/*' },
      { action: 'ToggleFlag', resource: 'project/shop:env/*:flag/checkout;paid' },
    ]);
    const inProject = previewRequests({ ...emptyPermissions, project: 'shop' }, catalogue, undefined);
    expect(inProject.map(({ resource }) => resource)).toEqual([
      'project/shop',
      'project/shop:env/*:flag/*',
      'project/shop:env/*:flag/*',
    ]);
    const actions = Array.from({ length: 500 }, (_, n) => `Action${n}`);
    const many = { ...byActions, grants: { flag: { patterns: [['*', '*', '*']], actions } } };
    expect(previewRequests(many, catalogue, undefined)).toHaveLength(MAX_REQUESTS);
  });
});

describe('an expiry', () => {
  const now = Date.parse('2027-01-01T00:00:00Z');
  it('is an instant in the zone that was chosen, and none that has passed', () => {
    const custom = { preset: 'custom', local: '2027-02-01T09:30', zone: 'utc' } as const;
    expect(expiryInstant(custom, now)).toBe('2027-02-01T09:30:00.000Z');
    expect(expiryInstant({ ...custom, zone: 'own' }, now)).toBe(new Date('2027-02-01T09:30').toISOString());
    expect(expiryInstant({ ...custom, local: '2026-12-31T23:59' }, now)).toBe('invalid');
    expect(expiryInstant({ ...custom, local: '' }, now)).toBe('invalid');
    expect(expiryInstant(DEFAULT_EXPIRY, now)).toBe('2027-04-01T00:00:00.000Z');
    expect(expiryInstant({ ...DEFAULT_EXPIRY, preset: 'never' }, now)).toBeNull();
  });
});

describe('texts that people and addresses bring', () => {
  it('address ranges are apart by lines, commas or spaces', () => {
    expect(addressRangesOf(' 192.0.2.0/24,\n\n2001:db8::/32 ')).toEqual(['192.0.2.0/24', '2001:db8::/32']);
  });

  it('the list is the same after a way through the address, whatever else stands there', () => {
    const query = readTokenQuery('?name=a%26b&kind=service&status=expired&issuer=dana&sort=name&direction=asc&x=1');
    expect(readTokenQuery(`?${writeTokenQuery(query)}`)).toEqual(query);
    expect(toListInput(query)).toEqual({
      nameContains: 'a&b',
      kind: 'service',
      status: 'expired',
      issuerId: 'dana',
      sort: 'name',
      direction: 'asc',
    });
    const hostile = readTokenQuery('?kind=root&status=%00&sort=digest&direction=up&issuer=%3Cscript%3E');
    expect(toListInput(hostile)).toEqual({ sort: 'createdAt', direction: 'desc' });
    expect(writeTokenQuery(hostile)).toBe('');
  });

  it('half an id or a time is no filter yet', () => {
    expect(toAuditInput(emptyFilter)).toEqual({});
    expect(toAuditInput({ ...emptyFilter, actorId: 'a b', from: 'not yet', action: ' token.issued ' })).toEqual({
      action: 'token.issued',
    });
  });

  it('an error that is none of the API stays unreachable, whatever it carries', () => {
    for (const error of [null, undefined, 'x', new Error('x'), { data: null }, { data: { code: 7 } }]) {
      expect(refusalOf(error)).toEqual({ type: 'unreachable' });
    }
    expect(refusalOf({ data: { code: 'CONFLICT', httpStatus: 409, details: 'x' } })).toMatchObject({ details: {} });
  });

  it('the command keeps the token out of the list of processes', () => {
    const command = curlCommand('lk_pat_x', 'https://iam.example');
    expect(command.split('|')[1]).not.toContain('lk_pat_x');
    expect(envLine('lk_pat_x')).toBe('LATCHKEY_TOKEN=lk_pat_x');
  });
});

describe('the text of a policy', () => {
  it('is found faulty where JSON.parse finds it so, and nowhere else', () => {
    const good = ['[]', ' [ {"a" : [1, -2.5e3, true, null, "\\u00e9\\n"] } ] ', '{}', '"x"', '0', '[[[]]]'];
    for (const text of good) expect(findJsonFault(text), text).toBeNull();
    const pieces = [
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '"a"',
      '1',
      '01',
      '-',
      'tru',
      'null',
      ' ',
      '\n',
      '"\t"',
      '"\\x"',
      "'",
    ];
    let seed = 1;
    const next = () => (seed = (seed * 48_271) % 2_147_483_647);
    for (let round = 0; round < 20_000; round += 1) {
      const text = Array.from({ length: (next() % 7) + 1 }, () => pieces[next() % pieces.length]).join('');
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      expect(findJsonFault(text) === null, JSON.stringify(text)).toBe(isJson);
    }
  });

  it('says line and column of the fault, and whether it is a list at all', () => {
    expect(readPolicyText('[\n  {"effect": allow}\n]')).toEqual({ type: 'not-json', line: 2, column: 14 });
    expect(readPolicyText('[')).toEqual({ type: 'not-json', line: 1, column: 2 });
    expect(readPolicyText('{"effect":"allow"}')).toEqual({ type: 'not-a-list' });
    expect(readPolicyText('[1]')).toEqual({ type: 'not-a-list' });
    expect(readPolicyText('[{"effect":"allow"}]').type).toBe('statements');
  });

  it('that is nested without end is a fault and no overflow', () => {
    expect(findJsonFault('['.repeat(100_000))).not.toBeNull();
  });
});
