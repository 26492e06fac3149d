import { describe, expect, it } from 'vitest';
import { contract, type ProcedureContract } from './contract.ts';

const procedures = Object.entries(contract).flatMap(([router, entries]) =>
  Object.entries(entries).map(([name, procedure]) => [`${router}.${name}`, procedure as ProcedureContract] as const),
);

describe('every procedure of the contract', () => {
  it.each(procedures)('reads anything without throwing: %s', (_, { input, output }) => {
    for (const junk of [undefined, null, 7, 'x', [], {}, { __proto__: { a: 1 } }]) {
      expect(() => [input.safeParse(junk), output.safeParse(junk)]).not.toThrow();
    }
  });

  it.each(procedures)('refuses fields that it does not know: %s', (_, { input }) => {
    expect(input.safeParse({ surprise: true }).success).toBe(false);
  });

  // What these are about is whoever presents itself.
  const ofItself = ['self.signOut', 'self.rotate', 'self.revoke', 'notifications.markRead'];
  it.each(procedures.filter(([name, { type }]) => type === 'mutation' && !ofItself.includes(name)))(
    'takes nothing for granted: %s',
    (_, { input }) => {
      expect(input.safeParse(undefined).success).toBe(false);
    },
  );
});

describe('a lost answer', () => {
  const without: readonly string[] = [
    // These change nothing.
    ...['members.previewPolicies', 'permissions.decide', 'permissions.diff', 'permissions.explain'],
    ...['permissions.preview', 'policies.previewUpdate', 'verify.decide', 'verify.verify'],
    // Said twice these have one effect.
    ...['notifications.markRead', 'verify.lookUp', 'verify.poll'],
    // What is left over still fits: the same call goes on.
    'tokens.bulk',
    // Said again it is meant again: of what was issued since. No organization keeps its key.
    'system.emergencyOfInstallation',
  ];
  const key = 'k'.repeat(8);
  const takesKey = ({ input }: ProcedureContract) => {
    const refused = input.safeParse({ idempotencyKey: key }).error?.issues ?? [];
    return !refused.some((issue) => issue.code === 'unrecognized_keys' && issue.keys.includes('idempotencyKey'));
  };

  it('can be asked for again of every mutation, save those that are listed', () => {
    const found = procedures.filter(([, each]) => each.type === 'mutation' && !takesKey(each)).map(([name]) => name);
    expect(found.sort()).toEqual([...without].sort());
  });
});

describe('what answers may hold', () => {
  it('drops what is not listed (ALLOW-LISTED-OUTPUT)', () => {
    const parsed = contract.policies.get.output.parse({
      policyId: 'p',
      name: 'n',
      description: null,
      builtIn: false,
      statements: [{ effect: 'allow', actions: ['*'], resources: ['*'], digest: 'x' }],
      revision: 1,
      digest: 'x',
    });
    expect(JSON.stringify(parsed)).not.toContain('digest');
  });

  it('has no reason beside a 401, whatever the server says (PROOF-FIRST)', () => {
    const verdict = contract.verify.verify.output.parse({ accepted: false, status: 401, reason: 'revoked' });
    expect(verdict).toEqual({ accepted: false, status: 401 });
  });

  it('needs a zone for every instant that people write', () => {
    const issue = (expiresAt: string) => contract.tokens.issue.input.safeParse({ name: 'ci', expiresAt }).success;
    expect(issue('2027-01-01T00:00:00+09:00')).toBe(true);
    expect(issue('2027-01-01T00:00:00Z')).toBe(true);
    expect(issue('2027-01-01T00:00:00')).toBe(false);
    expect(issue('2027-01-01')).toBe(false);
  });
});
