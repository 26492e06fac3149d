import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

let installation: Installation;
let olivia: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
});
afterAll(() => installation.close());

let count = 0;
let key: string;
beforeEach(() => {
  count += 1;
  key = `key-${count}`;
});

const statements = [{ effect: 'allow' as const, resourceType: 'flag', actions: ['ToggleFlag'], resources: ['*'] }];
const newMember = () => olivia.members.add({ email: `m${count}@acme.example`, name: 'Mo', policyIds: ['developer'] });
const newPolicy = () => olivia.policies.create({ name: `policy ${count}`, statements });
const newGroup = () => olivia.groups.create({ name: `group ${count}`, policyIds: ['developer'] });

const eventCount = async () => Number((await installation.sql('select 1 from latchkey.audit_event')).length);
const changeCount = async () => Number((await installation.sql('select 1 from latchkey.change')).length);

/** What settled, and how long it took, is each call's own. */
const told = <T extends object>(answer: T) => ({ ...answer, settledMs: 0 });

interface Case {
  readonly name: string;
  /** Makes what the call is about, and gives the call: `other` says the same key with another input. */
  prepare(): Promise<(idempotencyKey: string, other?: boolean) => Promise<object>>;
  /** Whether it takes something away, so that who asks again is told that it has settled. */
  readonly stops: boolean;
}

const cases: readonly Case[] = [
  {
    name: 'members.add',
    stops: false,
    prepare: async () => (idempotencyKey, other) =>
      olivia.members.add({ email: `add${count}@acme.example`, name: other ? 'Max' : 'Mo', idempotencyKey }),
  },
  {
    name: 'members.setPolicies',
    stops: true,
    prepare: async () => {
      const { memberId } = await newMember();
      return (idempotencyKey, other) =>
        olivia.members.setPolicies({ memberId, policyIds: other ? ['developer'] : [], idempotencyKey });
    },
  },
  {
    name: 'members.remove',
    stops: true,
    prepare: async () => {
      const { memberId } = await newMember();
      return (idempotencyKey, other) =>
        olivia.members.remove({ memberId, reason: other ? 'moved' : 'left', idempotencyKey });
    },
  },
  {
    name: 'groups.create',
    stops: false,
    prepare: async () => (idempotencyKey, other) =>
      olivia.groups.create({ name: `${other ? 'b' : 'a'} ${count}`, idempotencyKey }),
  },
  {
    name: 'groups.update',
    stops: true,
    prepare: async () => {
      const { groupId, revision } = await newGroup();
      return (idempotencyKey, other) =>
        olivia.groups.update({ groupId, revision, description: other ? 'b' : 'a', idempotencyKey });
    },
  },
  {
    name: 'groups.remove',
    stops: true,
    prepare: async () => {
      const { groupId } = await newGroup();
      const another = await olivia.groups.create({ name: `another ${count}` });
      return (idempotencyKey, other) =>
        olivia.groups.remove({ groupId: other ? another.groupId : groupId, idempotencyKey });
    },
  },
  {
    name: 'groups.clone',
    stops: false,
    prepare: async () => {
      const { groupId } = await newGroup();
      return (idempotencyKey, other) =>
        olivia.groups.clone({ groupId, name: `${other ? 'd' : 'c'} ${count}`, idempotencyKey });
    },
  },
  {
    name: 'policies.create',
    stops: false,
    prepare: async () => (idempotencyKey, other) =>
      olivia.policies.create({ name: `${other ? 'f' : 'e'} ${count}`, statements, idempotencyKey }),
  },
  {
    name: 'policies.update',
    stops: true,
    prepare: async () => {
      const { policyId, revision } = await newPolicy();
      return (idempotencyKey, other) =>
        olivia.policies.update({ policyId, revision, description: other ? 'b' : 'a', idempotencyKey });
    },
  },
  {
    name: 'policies.remove',
    stops: true,
    prepare: async () => {
      const { policyId } = await newPolicy();
      const another = await olivia.policies.create({ name: `another ${count}`, statements });
      return (idempotencyKey, other) =>
        olivia.policies.remove({ policyId: other ? another.policyId : policyId, idempotencyKey });
    },
  },
  {
    name: 'policies.clone',
    stops: false,
    prepare: async () => {
      const { policyId } = await newPolicy();
      return (idempotencyKey, other) =>
        olivia.policies.clone({ policyId, name: `${other ? 'h' : 'g'} ${count}`, idempotencyKey });
    },
  },
];

describe('a call to the directory whose answer was lost', () => {
  it.each(cases)('$name is asked for again by its key: the same answer, and nothing is done twice', async (each) => {
    const call = await each.prepare();
    const first = await call(key);
    const [events, changes] = [await eventCount(), await changeCount()];
    expect(told(await call(key))).toEqual(told(first));
    expect(await eventCount()).toBe(events);
    // DEAD-ON-RETURN: who asks again is told that it has settled, too.
    expect(await changeCount()).toBe(changes + (each.stops ? 1 : 0));
    expect((await refusal(call(key, true))).code).toBe('IDEMPOTENCY_MISMATCH');
    expect(await eventCount()).toBe(events);
  });

  it('gives its first answer again, whatever has been done since', async () => {
    const { memberId } = await newMember();
    const first = await olivia.members.setPolicies({ memberId, policyIds: [], idempotencyKey: key });
    await olivia.members.setPolicies({ memberId, policyIds: ['developer'] });
    const again = await olivia.members.setPolicies({ memberId, policyIds: [], idempotencyKey: key });
    expect(again.member).toEqual(first.member);
    expect((await olivia.members.get({ memberId })).policyIds).toEqual(['developer']);
  });

  it('many at once with one key are one call', async () => {
    const input = { email: `many${count}@acme.example`, name: 'Many', idempotencyKey: key };
    const answers = await Promise.all(Array.from({ length: 8 }, () => olivia.members.add(input)));
    expect(new Set(answers.map(({ memberId }) => memberId)).size).toBe(1);
  });

  it('is for who may administer still: a key opens no door', async () => {
    const { memberId } = await olivia.members.add({
      ...{ email: `key${count}@acme.example`, name: 'Kim', policyIds: ['administrator'] },
    });
    const kim = await installation.member('acme', memberId);
    const input = { name: `of kim ${count}`, idempotencyKey: key };
    await kim.groups.create(input);
    await olivia.members.setPolicies({ memberId, policyIds: [] });
    const after = await installation.member('acme', memberId);
    expect((await refusal(after.groups.create(input))).code).toBe('NOT_ALLOWED');
  });
});
