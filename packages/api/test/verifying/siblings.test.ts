import { beforeEach, describe, expect, it } from 'vitest';
import { createSiblings, type Siblings } from '../../src/verifying/siblings.ts';

const LEASE_MS = 2_000;
const everywhere = { credentialId: 'credential', organizationIds: null };
const token = (id: string, organizationId = 'acme') => ({ subject: 'token', organizationId, id }) as const;

let now: number;
let acknowledgeable: number;
let siblings: Siblings;
let snapshots: number;

beforeEach(() => {
  now = 10_000;
  acknowledgeable = 0;
  snapshots = 100;
  siblings = createSiblings({
    monotonic: () => now,
    maxRegistrations: 3,
    onAcknowledgeable: () => {
      acknowledgeable += 1;
    },
  });
  apply();
});

/** A poll of the node; gives the snapshot that it has applied. */
const apply = (...changes: readonly ReturnType<typeof token>[]): string => {
  snapshots += 1;
  const snapshot = `${snapshots}:${snapshots}:`;
  siblings.applied(changes, { incarnation: 'one', snapshot });
  return snapshot;
};
const register = (by = everywhere) => {
  const answer = siblings.poll(by, null, now + LEASE_MS);
  if (answer === null) throw new Error('no room');
  return answer;
};
const pollAs = (id: string, version: number, by: Parameters<Siblings['poll']>[0] = everywhere) =>
  siblings.poll(by, { id, version }, now + LEASE_MS);

describe('DEAD-ON-RETURN: what a node acknowledges', () => {
  it('is what it has applied, where it has no siblings', () => {
    const applied = apply(token('T1'));
    expect(siblings.acknowledgeable()).toBe(applied);
  });

  it('waits for no sibling that has left, and nobody ends the wait for another one', () => {
    const { registrationId } = register();
    const before = siblings.acknowledgeable();
    const after = apply(token('T1'));
    siblings.leave({ credentialId: 'another', organizationIds: null }, registrationId);
    expect(siblings.acknowledgeable()).toBe(before);
    siblings.leave(everywhere, registrationId);
    expect(siblings.acknowledgeable()).toBe(after);
    expect(acknowledgeable).toBe(1);
  });

  it('is nothing newer than what a sibling with a lease has applied, until that says so', () => {
    const { registrationId, version } = register();
    const before = apply();
    const after = apply(token('T1'));
    expect(siblings.acknowledgeable()).toBe(before);
    const told = pollAs(registrationId, version);
    expect(told).toMatchObject({ reset: false, changes: [token('T1')] });
    // It has been told, and nobody knows whether it has heard.
    expect(siblings.acknowledgeable()).toBe(before);
    pollAs(registrationId, told?.version ?? 0);
    expect(siblings.acknowledgeable()).toBe(after);
    expect(acknowledgeable).toBe(1);
  });

  it('is all of it once the lease of a sibling that says nothing is over', () => {
    register();
    const before = apply();
    const after = apply(token('T1'));
    now += LEASE_MS - 1;
    expect(siblings.acknowledgeable()).toBe(before);
    now += 1;
    expect(siblings.acknowledgeable()).toBe(after);
  });

  it('counts the lease that was granted before, also where a later answer may have been lost', () => {
    const { registrationId, version } = register();
    const before = apply();
    apply(token('T1'));
    now += 1_000;
    // The answer brings T1 and a longer lease; if it is lost, the first lease goes on without T1.
    pollAs(registrationId, version);
    now += 999;
    expect(siblings.acknowledgeable()).toBe(before);
    now += 1;
    expect(siblings.acknowledgeable()).not.toBe(before);
  });

  it('waits for the slowest of several', () => {
    const [fast, slow] = [register(), register()];
    const before = apply();
    const after = apply(token('T1'));
    const told = pollAs(fast.registrationId, fast.version);
    pollAs(fast.registrationId, told?.version ?? 0);
    expect(siblings.acknowledgeable()).toBe(before);
    pollAs(slow.registrationId, told?.version ?? 0);
    expect(siblings.acknowledgeable()).toBe(after);
  });

  it('waits for what a sibling had before it began anew under another registration', () => {
    register();
    const before = apply();
    register();
    apply(token('T1'));
    expect(siblings.acknowledgeable()).toBe(before);
  });

  it('never goes back', () => {
    const ids: { id: string; version: number }[] = [];
    const order: number[] = [];
    for (let round = 0; round < 200; round += 1) {
      now += (round * 37) % 400;
      if (round % 7 === 0) apply(token(`T${round}`));
      else apply();
      if (round % 70 === 0) ids.push({ id: register().registrationId, version: siblings.version() });
      const one = ids[round % ids.length];
      if (one !== undefined && round % 5 !== 0) one.version = pollAs(one.id, one.version)?.version ?? one.version;
      order.push(Number(siblings.acknowledgeable()?.split(':')[0]));
    }
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });
});

describe('what a sibling is told', () => {
  it('is what it has missed, each once', () => {
    const { registrationId, version, reset } = register();
    expect(reset).toBe(true);
    apply(token('T1'));
    apply(token('T2'), token('T3'));
    expect(pollAs(registrationId, version)?.changes).toEqual([token('T1'), token('T2'), token('T3')]);
    expect(pollAs(registrationId, version + 2)?.changes).toEqual([]);
    expect(pollAs(registrationId, version + 1)?.changes).toEqual([token('T2'), token('T3')]);
  });

  it('TENANT-WALL: is nothing of organizations that its credential is not for, but what concerns all', () => {
    const limited = { credentialId: 'limited', organizationIds: ['globex'] };
    const { registrationId, version } = register(limited as never);
    apply(token('T1'), token('T2', 'globex'));
    siblings.applied([{ subject: 'installation' }], { incarnation: 'one', snapshot: '900:900:' });
    expect(pollAs(registrationId, version, limited)?.changes).toEqual([
      token('T2', 'globex'),
      { subject: 'installation' },
    ]);
  });

  it('is to begin anew, where its registration is unknown, somebody else’s, or from the future', () => {
    const { registrationId, version } = register();
    expect(pollAs('unknown', version)).toMatchObject({ reset: true, changes: [] });
    const stranger = pollAs(registrationId, version, { credentialId: 'stranger', organizationIds: null });
    expect(stranger).toMatchObject({ reset: true });
    expect(stranger?.registrationId).not.toBe(registrationId);
    expect(pollAs(registrationId, version + 1_000)).toMatchObject({ reset: true });
  });

  it('is to begin anew, where it has missed more than is remembered', () => {
    const { registrationId, version } = register();
    for (let i = 0; i < 21; i += 1) apply(...Array.from({ length: 1_000 }, (_, each) => token(`T${i}-${each}`)));
    expect(pollAs(registrationId, version)).toMatchObject({ reset: true, changes: [] });
  });

  it('is to begin anew once the node has', () => {
    const { registrationId, version } = register();
    siblings.forget();
    apply();
    const answer = pollAs(registrationId, version);
    expect(answer?.reset).toBe(true);
    expect(answer?.version).toBeGreaterThan(version);
  });
});

it('BOUNDED-WORK: a credential has so many registrations and no more, until one has not been heard of for long', () => {
  for (let i = 0; i < 3; i += 1) register();
  expect(siblings.poll(everywhere, null, now + LEASE_MS)).toBeNull();
  expect(siblings.poll({ credentialId: 'other', organizationIds: null }, null, now)).not.toBeNull();
  now += 30_001;
  expect(register().reset).toBe(true);
});

it('BOUNDED-WORK: no lease that is over is kept, whatever a sibling says of itself', () => {
  const { registrationId } = register();
  for (let i = 0; i < 100; i += 1) {
    now += LEASE_MS;
    apply(token(`T${i}`));
    expect(pollAs(registrationId, 1_000_000)).toMatchObject({ reset: true });
    expect(siblings.metrics().leases).toBe(1);
  }
});
