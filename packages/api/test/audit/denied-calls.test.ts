import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDeniedCalls, type DeniedCalls } from '../../src/audit/denied-calls.ts';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

const MINUTE = 60_000;
const T0 = Math.floor(1_800_000_000_000 / MINUTE) * MINUTE;

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation?.close());

const open = async (options: { readonly maxCount?: number } = {}) => {
  const clock = { time: T0, now: () => clock.time };
  const { store, logger } = installation.deps;
  const deniedCalls = createDeniedCalls({ store, logger, clock, ...options });
  const as = async (organizationId: string, memberId: string): Promise<Caller> =>
    installation.as(await installation.principal(organizationId, memberId), { deniedCalls });
  return { clock, deniedCalls, as };
};
const denied = async (organizationId = 'acme') =>
  (await installation.deps.store.audit.list(organizationId, { filter: { action: 'call.denied' }, limit: 100 })).map(
    ({ actor, at, details }) => ({ actor, at, details }),
  );
const forget = () => installation.bend(`delete from latchkey.audit_event where action = 'call.denied'`);

describe('a management call that is refused', () => {
  it('is audited in one event for each actor and minute, with how often and what', async () => {
    await forget();
    const { clock, deniedCalls, as } = await open();
    const dana = await as('acme', 'dana');
    for (let i = 0; i < 5; i += 1) await refusal(dana.audit.list());
    clock.time = T0 + 59_999;
    await refusal(dana.policies.create({ name: 'mine', statements: [] }));
    clock.time = T0 + MINUTE;
    await refusal(dana.audit.list());
    await deniedCalls.close();
    const actor = { type: 'member', id: 'dana' };
    const from = (at: number) => new Date(at).toISOString();
    expect(await denied()).toEqual([
      { actor, at: T0 + MINUTE, details: { count: 1, procedures: { 'audit.list': 1 }, from: from(T0 + MINUTE) } },
      {
        actor,
        at: T0 + 59_999,
        details: { count: 6, procedures: { 'audit.list': 5, 'policies.create': 1 }, from: from(T0) },
      },
    ]);
  });

  it('counts for its own organization alone (TENANT-WALL), and what is allowed or not found counts for nothing', async () => {
    await forget();
    const { deniedCalls, as } = await open();
    const olivia = await as('acme', 'olivia');
    await olivia.audit.list();
    await refusal(olivia.tokens.get({ tokenId: 'zzzzzzzzzzzzzzzz' }));
    await refusal((await as('acme', 'dana')).audit.list());
    await deniedCalls.close();
    expect(await denied()).toHaveLength(1);
    expect(await denied('globex')).toEqual([]);
  });

  it('fills no memory, however many actors there are: the rest is counted into the log', async () => {
    await forget();
    const { deniedCalls, as } = await open({ maxCount: 1 });
    await refusal((await as('acme', 'dana')).audit.list());
    for (let i = 0; i < 3; i += 1) await refusal((await as('acme', 'devin')).audit.list());
    await deniedCalls.close();
    expect((await denied()).map(({ actor }) => actor.id)).toEqual(['dana']);
    expect(installation.logged.some((line) => line.includes('"uncounted":3'))).toBe(true);
  });

  it('is written down once its minute is over, with nobody closing anything', async () => {
    const written: unknown[] = [];
    vi.useFakeTimers();
    try {
      const clock = { now: () => Date.now() };
      const store = {
        unitOfWork: { run: (work: (tx: never) => Promise<unknown>) => work(undefined as never) },
        audit: { append: async (_: unknown, events: readonly unknown[]) => void written.push(...events) },
      } as unknown as Parameters<typeof createDeniedCalls>[0]['store'];
      const deniedCalls: DeniedCalls = createDeniedCalls({ store, clock, logger: installation.deps.logger });
      deniedCalls.begin();
      vi.setSystemTime(T0 + 30_000);
      deniedCalls.note({ principal: dana, call: installation.call }, 'audit.list');
      await vi.advanceTimersByTimeAsync(29_000);
      expect(written).toEqual([]);
      await vi.advanceTimersByTimeAsync(11_000);
      expect(written).toHaveLength(1);
      await deniedCalls.close();
      expect(written).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

const dana = {
  type: 'member',
  organizationId: 'acme',
  member: { memberId: 'dana' },
} as Parameters<DeniedCalls['note']>[0]['principal'];
