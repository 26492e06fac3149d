import type { Output } from '@latchkey/contract';
import type { Anchor } from '@latchkey/core/audit';
import type { OpenStore } from '@latchkey/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiDeps } from '../../src/deps.ts';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';
import { AUDIT_KEYS, addEvents, headOf, sealTrail } from './seal-trail.ts';

let installation: Installation;
let worker: OpenStore;
let head: Anchor;
let auditAuthority: NonNullable<ApiDeps['auditAuthority']>;
let olivia: Caller;

const as = async (organizationId: string, memberId: string, parts: Partial<ApiDeps> = { auditAuthority }) =>
  installation.as(await installation.principal(organizationId, memberId), parts);

beforeAll(async () => {
  installation = await openInstallation();
  worker = await installation.workerStore();
  await addEvents(installation, 1_100);
  await sealTrail(worker);
});
afterAll(() => installation?.close());

beforeEach(async () => {
  head = await headOf(worker, 'acme');
  auditAuthority = {
    keys: async () => AUDIT_KEYS,
    anchors: { read: async (organizationId) => (organizationId === 'acme' ? [head] : []) },
  };
  olivia = await as('acme', 'olivia');
});

/** All slices; what the last one says, with the problems of all. */
const verify = async (by: Caller, anchor?: string) => {
  const problems: Output<'audit', 'verifyChain'>['problems'] = [];
  let cursor: string | null = null;
  let calls = 0;
  for (;;) {
    const answer: Output<'audit', 'verifyChain'> = await by.audit.verifyChain({
      ...(cursor === null ? {} : { cursor }),
      ...(anchor === undefined ? {} : { anchor }),
    });
    calls += 1;
    problems.push(...answer.problems);
    cursor = answer.nextCursor;
    if (cursor === null) return { ...answer, problems, calls };
  }
};

/** Bends the trail while `look` looks, and puts it back as it was. */
const bent = async <T>(bend: string, restore: string, look: () => Promise<T>): Promise<T> => {
  await installation.bend(bend);
  try {
    return await look();
  } finally {
    await installation.bend(restore);
  }
};

describe('audit.verifyChain', () => {
  it('says in bounded slices that nothing is wrong, and up to which anchor it vouches', async () => {
    const { problems, intact, vouched, keys, calls, waiting } = await verify(olivia);
    expect(problems).toEqual([]);
    expect(vouched).toEqual({ number: head.number, sealedAt: new Date(head.sealedAt).toISOString() });
    expect(intact).toEqual(vouched);
    expect(keys).toBe('checked');
    expect(calls).toBeGreaterThan(4);
    expect(waiting).toEqual({ count: 0, oldestAt: null });
  });

  it('AUDIT-WITH-CAUSE: says where a superuser has edited, and vouches for nothing behind it', async () => {
    const edit = (from: string, to: string) =>
      `update latchkey.audit_event set actor_id = '${to}' where target_id = 'token-700' and actor_id = '${from}'`;
    const answer = await bent(edit('olivia', 'ann'), edit('ann', 'olivia'), () => verify(olivia));
    expect(answer.problems).toMatchObject([{ type: 'event_changed', eventId: expect.any(String) }]);
    expect(answer.intact?.number).toBe((answer.problems[0]?.number ?? 0) - 1);
    expect(answer.vouched).toBeNull();
  });

  it('AUDIT-WITH-CAUSE: misses a tail that an anchor names, also one that only the caller has kept', async () => {
    const hide = `update latchkey.audit_seal set organization_id = 'hidden' where organization_id = 'acme' and number >= ${head.number - 3}`;
    const restore = `update latchkey.audit_seal set organization_id = 'acme' where organization_id = 'hidden'`;
    const missing = { type: 'tail_missing', number: head.number - 3, through: head.number };
    const [kept, given] = await bent(hide, restore, async () => [
      await verify(olivia),
      await verify(await as('acme', 'olivia', {}), `${head.number}:${head.link}`),
    ]);
    expect(kept?.problems).toContainEqual(missing);
    expect(given?.problems).toContainEqual(missing);
  });

  it('says that it knows no keys, and what nothing outside of the database vouches for', async () => {
    const bare = await verify(await as('acme', 'olivia', {}));
    expect(bare).toMatchObject({ problems: [], keys: 'not_known_here', vouched: null });
    expect(bare.intact?.number).toBe(head.number);
    const other = await verify(olivia, `${head.number - 5}:${'0'.repeat(64)}`);
    expect(other.problems).toEqual([{ type: 'anchor_differs', number: head.number - 5 }]);
    expect(other.vouched).toBeNull();
  });

  it('is for administrators, each of its own organization (TENANT-WALL)', async () => {
    expect((await refusal((await as('acme', 'dana')).audit.verifyChain())).code).toBe('NOT_ALLOWED');
    const gina = await as('globex', 'gina');
    expect(JSON.stringify(await gina.audit.verifyChain())).not.toContain(String(head.number));
    const { nextCursor } = await olivia.audit.verifyChain();
    expect((await refusal(gina.audit.verifyChain({ cursor: nextCursor ?? '' }))).code).toBe('CURSOR_INVALID');
  });

  it('shows what waits for its seal', async () => {
    await addEvents(installation, 2);
    expect((await verify(olivia)).waiting).toMatchObject({
      count: 2,
      oldestAt: new Date(1_800_000_000_000).toISOString(),
    });
    await sealTrail(worker);
    expect((await verify(olivia)).waiting.count).toBe(0);
  });
});
