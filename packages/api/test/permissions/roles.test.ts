import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
  const olivia = await installation.member('acme', 'olivia');
  const { memberId } = await olivia.members.add({ email: 'none@acme.example', name: 'No One', policyIds: [] });
  nobody = memberId;
  const { policyId } = await olivia.policies.create({
    name: 'Services only',
    statements: [
      {
        effect: 'allow',
        resourceType: 'access-token',
        actions: ['ManageServiceAccessTokens'],
        resources: ['access-token/*'],
      },
      { effect: 'allow', resourceType: 'project', actions: ['CanAccessProject'], resources: ['project/*'] },
    ],
  });
  services = (await olivia.members.add({ email: 's@acme.example', name: 'Servants', policyIds: [policyId] })).memberId;
  personal = (await olivia.tokens.issue({ name: "olivia's own" })).token.tokenId;
  const issued = await olivia.tokens.issue({
    kind: 'service',
    name: 'reads projects',
    permissions: {
      type: 'statements',
      statements: [
        { effect: 'allow', resourceType: 'project', actions: ['CanAccessProject'], resources: ['project/*'] },
      ],
    },
  });
  service = issued.token.tokenId;
});
afterAll(() => installation.close());

let nobody: string;
let services: string;
let personal: string;
let service: string;

const reads = {
  type: 'statements' as const,
  statements: [{ effect: 'allow', resourceType: 'project', actions: ['CanAccessProject'], resources: ['project/*'] }],
};
let names = 0;
const probes: Readonly<Record<string, (as: Caller) => Promise<unknown>>> = {
  'issue personal': (as) => as.tokens.issue({ name: `probe ${++names}` }),
  'issue service': (as) => as.tokens.issue({ kind: 'service', name: `probe ${++names}`, permissions: reads }),
  'see an other': (as) => as.tokens.get({ tokenId: personal }),
  'describe service': (as) => as.tokens.describe({ tokenId: service, description: `probe ${++names}` }),
  'describe an other': (as) => as.tokens.describe({ tokenId: personal, description: 'probe' }),
  'deactivate an other': (as) => as.tokens.deactivate({ tokenId: personal }),
  'rotate service': (as) => as.tokens.rotate({ tokenId: service, cutOlder: true }),
  'list members': (as) => as.members.list(),
  'read the audit trail': (as) => as.audit.list(),
  'edit policies': (as) => as.policies.clone({ policyId: 'developer', name: `Probe ${++names}` }),
};

const ALL = 'allowed';
/** Who may do what: what stands here is refused, with this code; everything else is allowed. */
const table: readonly (readonly [string, () => string, Readonly<Record<string, string>>])[] = [
  ['Owner', () => 'olivia', {}],
  ['Administrator', () => 'adam', { 'describe an other': 'OWNER_ONLY' }],
  [
    'Developer',
    () => 'dana',
    {
      'describe an other': 'OWNER_ONLY',
      'deactivate an other': 'NOT_ALLOWED',
      'list members': 'NOT_ALLOWED',
      'read the audit trail': 'NOT_ALLOWED',
      'edit policies': 'NOT_ALLOWED',
    },
  ],
  [
    'without listing and personal tokens',
    () => services,
    {
      'issue personal': 'NOT_ALLOWED',
      'see an other': 'NOT_FOUND',
      'describe an other': 'NOT_FOUND',
      'deactivate an other': 'NOT_FOUND',
      'list members': 'NOT_ALLOWED',
      'read the audit trail': 'NOT_ALLOWED',
      'edit policies': 'NOT_ALLOWED',
    },
  ],
  [
    'no policy at all',
    () => nobody,
    {
      'issue personal': 'NOT_ALLOWED',
      'issue service': 'NOT_ALLOWED',
      'see an other': 'NOT_FOUND',
      'describe service': 'NOT_FOUND',
      'describe an other': 'NOT_FOUND',
      'deactivate an other': 'NOT_FOUND',
      'rotate service': 'NOT_FOUND',
      'list members': 'NOT_ALLOWED',
      'read the audit trail': 'NOT_ALLOWED',
      'edit policies': 'NOT_ALLOWED',
    },
  ],
];

const outcome = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => ALL,
    (error: { readonly cause?: { readonly code?: string } }) => error.cause?.code ?? String(error),
  );

describe('what each role may do', () => {
  it.each(table)('%s', async (_, who, refused) => {
    const caller = await installation.member('acme', who());
    for (const [name, probe] of Object.entries(probes)) {
      expect([name, await outcome(probe(caller))]).toEqual([name, refused[name] ?? ALL]);
    }
  });

  it('a policy edit that takes a permission away counts at once', async () => {
    const olivia = await installation.member('acme', 'olivia');
    const created = await olivia.policies.create({
      name: 'Fickle',
      statements: [
        {
          effect: 'allow',
          resourceType: 'access-token',
          actions: ['ManagePersonalAccessTokens'],
          resources: ['access-token/*'],
        },
      ],
    });
    const { policyId, revision } = created;
    const { memberId } = await olivia.members.add({ email: 'fay@acme.example', name: 'Fay', policyIds: [policyId] });
    const fay = await installation.member('acme', memberId);
    expect(await outcome(fay.tokens.issue({ name: 'before' }))).toBe(ALL);
    await olivia.policies.update({
      policyId,
      revision,
      statements: [{ effect: 'deny', resourceType: 'access-token', actions: ['*'], resources: ['access-token/*'] }],
    });
    expect(await outcome(fay.tokens.issue({ name: 'after' }))).toBe('NOT_ALLOWED');
    expect((await fay.tokens.list()).items.map(({ name }) => name)).toEqual(['before']);
  });
});
