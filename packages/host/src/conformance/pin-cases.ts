import { HostUnavailable } from '@latchkey/core';
import { type ConformanceCase, failureOf, statements } from './cases.ts';
import type { HostFixture } from './fixture.ts';

const setUp = async ({ organizationId, platform }: HostFixture) => {
  const { policyId } = await platform.addPolicy(organizationId, { name: 'Toggle', statements: statements.toggle });
  const ada = { email: 'ada@conformance.example', name: 'Ada' };
  const { memberId } = await platform.addMember(organizationId, { ...ada, policyIds: [policyId] });
  return { policyId, memberId };
};

/** COVERED-AT-ISSUE, for either kind of pin. A host without one passes: it can't issue service tokens. */
export const pinCases: readonly ConformanceCase[] = [
  {
    guarantee: 'COVERED-AT-ISSUE: while a transaction holds the pin, a demotion waits for its end',
    show: async (fixture, expect) => {
      const { host, organizationId, platform, transaction } = fixture;
      const pin = host.issuerPin;
      if (pin?.kind !== 'transactional') return;
      if (transaction === undefined) throw new Error('a transactional pin needs a fixture with transactions');
      const { memberId, policyId } = await setUp(fixture);
      let demoted = false;
      let demotion: Promise<void> = Promise.resolve();
      await transaction(async (tx) => {
        await pin.pin(organizationId, tx);
        demotion = platform.setPolicies(organizationId, memberId, []).then(() => {
          demoted = true;
        });
        for (let round = 0; round < 20; round += 1) {
          const member = await host.findMember(organizationId, memberId, tx);
          expect(member?.policies.map((policy) => policy.id)).toEqual([policyId]);
        }
        expect(demoted).toBe(false);
      });
      await demotion;
      expect((await host.findMember(organizationId, memberId))?.policies).toEqual([]);
    },
  },
  {
    guarantee: 'COVERED-AT-ISSUE: what committed before the pin was given is seen by what is read after it',
    show: async (fixture, expect) => {
      const { host, organizationId, platform, transaction } = fixture;
      const pin = host.issuerPin;
      if (pin?.kind !== 'transactional' || transaction === undefined) return;
      const { memberId } = await setUp(fixture);
      await transaction(async (tx) => {
        // Read first, so that nothing kept from this reading may answer the next one.
        const before = await host.findMember(organizationId, memberId, tx);
        await platform.setPolicies(organizationId, memberId, []);
        await pin.pin(organizationId, tx);
        const after = await host.findMember(organizationId, memberId, tx);
        expect([before?.policies.length, after?.policies.length]).toEqual([1, 0]);
      });
    },
  },
  {
    guarantee: 'COVERED-AT-ISSUE: a remote revision stays while nothing changes and is another after a demotion',
    show: async (fixture, expect) => {
      const { host, organizationId, platform } = fixture;
      const pin = host.issuerPin;
      if (pin?.kind !== 'remote') return;
      const { memberId, policyId } = await setUp(fixture);
      const first = await pin.read(organizationId, memberId);
      expect(await pin.read(organizationId, memberId)).toEqual(first);
      await platform.editPolicy(organizationId, policyId, statements.rename);
      const edited = await pin.read(organizationId, memberId);
      await platform.setPolicies(organizationId, memberId, []);
      const demoted = await pin.read(organizationId, memberId);
      await platform.setPolicies(organizationId, memberId, [policyId]);
      const restored = await pin.read(organizationId, memberId);
      expect(new Set([first, edited, demoted, restored].map(({ revision }) => revision)).size).toBe(4);
      expect((await failureOf(pin.read(organizationId, 'nobody'))) instanceof HostUnavailable).toBe(true);
    },
  },
];
