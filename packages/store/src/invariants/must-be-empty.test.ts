import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { addOrganization, addToken, newSecret, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { AuditAction } from '../index.ts';
import { mustBeEmpty } from './must-be-empty.ts';

let it: TestStore;
let tokenId: string;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store);
  // What hand-made damage takes, and no program may do: rows are changed past the guards of their tables.
  await it.sql('alter table latchkey.token disable trigger user');
  await it.sql('alter table latchkey.secret disable trigger user');
  await it.sql('alter table latchkey.reminder drop constraint reminder_pkey');
});
afterAll(() => Promise.all(closers.map((close) => close())));

/** The names of the queries that return a row. */
const broken = async (patienceMs = 0): Promise<readonly string[]> => {
  const names: string[] = [];
  for (const { name, sql } of mustBeEmpty) if ((await it.sql(sql, [patienceMs])).length > 0) names.push(name);
  return names;
};

const audit = (action: AuditAction, at: number, details: Record<string, unknown> = {}, target = tokenId) =>
  it.store.unitOfWork.run((tx) =>
    it.store.audit.append(tx, [
      {
        ...{ organizationId: 'acme', at, action, details },
        actor: { type: 'member', id: 'ada' },
        target: { type: action.startsWith('member.') ? 'member' : 'token', id: target },
        ...{ reason: null, address: null, client: null, requestId: null },
      },
    ]),
  );
const token = (assignments: string) =>
  it.sql(`update latchkey.token set ${assignments} where token_id = $1`, [tokenId]);
const at = (ms: number) => `to_timestamp(${ms / 1_000})`;

/** Everything that may lawfully happen to a token and its owner, with its events: the queries find nothing in it. */
beforeEach(async () => {
  await it.sql(`delete from latchkey.outbox_message`);
  await it.sql(`delete from latchkey.reminder`);
  await it.sql(`delete from latchkey.secret`);
  await it.sql(`delete from latchkey.token`);
  await it.sql(`delete from latchkey.owner_gate`);
  await it.sql(`delete from latchkey.audit_unsealed`);
  await it.sql(`delete from latchkey.audit_event`);
  ({ tokenId } = await addToken(it.store));
  await audit('token.issued', T0);
  await it.store.unitOfWork.run(async (tx) => {
    const superseded = { at: T0 + 1, acceptedUntil: Date.now() + 60_000 };
    await it.store.tokens.addSecret(tx, 'acme', tokenId, newSecret({ number: 2, createdAt: T0 + 1 }), superseded);
  });
  await audit('token.rotated', T0 + 1, { secretNumber: 2 });
  await token(`state = 'inactive', deactivated_at = ${at(T0 + 2)}, deactivated_because = 'asked'`);
  await audit('token.deactivated', T0 + 2);
  await token(`state = 'active', deactivated_at = null, deactivated_because = null`);
  await audit('token.activated', T0 + 3);
  await token(`expires_at = ${at(T0 + 4)}, recorded_expiry = ${at(T0 + 4)}`);
  await audit('token.expired', T0 + 5, { expiresAt: new Date(T0 + 4).toISOString() });
  expect(await broken()).toEqual([]);
});

const remove = () => it.store.unitOfWork.run((tx) => it.store.ownerGates.close(tx, 'acme', 'ada', T0 + 6));
const cascaded = async () => {
  await remove();
  await audit('member.removed', T0 + 6, {}, 'ada');
  await token(`state = 'inactive', deactivated_at = ${at(T0 + 7)}, deactivated_because = 'owner_removed'`);
  await audit('token.deactivated', T0 + 7, { because: 'owner_removed' });
};
const revoked = async () => {
  await token(`state = 'revoked', revoked_at = ${at(T0 + 8)}`);
  await it.sql('update latchkey.secret set spent = true');
  await audit('token.revoked', T0 + 8);
};
const remind = (thresholdDays: number, createdAt: string) =>
  it.sql(
    `insert into latchkey.reminder (organization_id, token_id, kind, anchor, threshold_days, channel, created_at)
     values ('acme', $1, 'expiry', now(), $2, 'mail', ${createdAt})`,
    [tokenId, thresholdDays],
  );
const message = (payload: object, age: string) =>
  it.sql(
    `insert into latchkey.outbox_message (organization_id, name, payload, created_at) values ('acme', 'deliver-reminder', $1, now() - interval '${age}')`,
    [JSON.stringify(payload)],
  );

test('a removal with its cascade, and a revocation, break none of them', async () => {
  await cascaded();
  await revoked();
  expect(await broken()).toEqual([]);
});

const ACTIVE = 'active personal tokens of removed members';
const UNTOLD = 'changes of state without their audit event';
const UNTRUE = 'audit events without the change of state that they tell of';
const TWICE = 'effects that happened twice';
const WAITING = 'recorded work that is not done';
const LIVE = 'two live secrets outside a grace period';
const REMINDED = 'reminders that were made twice';
const BACK = 'terminal rows that came back';

/** One way to break each, by hand, and the queries that have to see it. */
const damages: readonly (readonly [string, readonly string[], () => Promise<unknown>])[] = [
  [
    'a removed member’s token that stays active',
    [ACTIVE],
    async () => {
      await remove();
      await audit('member.removed', T0 + 6, {}, 'ada');
    },
  ],
  [
    'one that was deactivated by request, and can be activated again',
    [ACTIVE],
    async () => {
      await token(`state = 'inactive', deactivated_at = ${at(T0 + 5)}, deactivated_because = 'asked'`);
      await audit('token.deactivated', T0 + 5);
      await remove();
      await audit('member.removed', T0 + 6, {}, 'ada');
    },
  ],
  ['a token that nobody issued', [UNTOLD], () => addToken(it.store, { createdAt: T0 + 9 })],
  [
    'a deactivation that the trail does not know',
    [UNTOLD, UNTRUE],
    () => token(`state = 'inactive', deactivated_at = ${at(T0 + 9)}, deactivated_because = 'asked'`),
  ],
  [
    'a revocation that the trail does not know',
    [UNTOLD, UNTRUE],
    async () => {
      await token(`state = 'revoked', revoked_at = ${at(T0 + 9)}`);
      await it.sql('update latchkey.secret set spent = true');
    },
  ],
  [
    'a rotation that the trail does not know',
    [UNTOLD],
    async () => {
      await it.sql(`update latchkey.secret set spent = true`);
      await it.sql(`update latchkey.secret set superseded_at = now(), accepted_until = now() where number = 2`);
      await it.sql(
        `insert into latchkey.secret (organization_id, token_id, number, digest, pepper_id, tag_key_id, hint, created_at)
         select organization_id, token_id, 3, digest, pepper_id, tag_key_id, hint, now() from latchkey.secret where number = 2`,
      );
    },
  ],
  ['a removal that the trail does not know', [ACTIVE, UNTOLD], remove],
  ['an expiry that the trail does not know', [UNTOLD], () => token(`recorded_expiry = now(), expires_at = now()`)],
  ['a revocation in the trail alone', [UNTRUE, BACK], () => audit('token.revoked', T0 + 9)],
  ['a deactivation in the trail alone', [UNTRUE], () => audit('token.deactivated', T0 + 9)],
  [
    'an activation in the trail alone',
    [UNTRUE],
    async () => {
      await cascaded();
      await audit('token.activated', T0 + 9);
    },
  ],
  ['a rotation in the trail alone', [UNTRUE], () => audit('token.rotated', T0 + 9)],
  [
    'an expiry in the trail alone',
    [UNTRUE],
    () => audit('token.expired', T0 + 9, { expiresAt: new Date(T0 + 8).toISOString() }),
  ],
  ['a removal in the trail alone', [UNTRUE], () => audit('member.removed', T0 + 9, {}, 'grace')],
  ['a token issued twice', [TWICE], () => audit('token.issued', T0 + 9)],
  [
    'a cascade that tells of a token twice',
    [TWICE],
    async () => {
      await cascaded();
      await audit('token.deactivated', T0 + 7, { because: 'owner_removed' });
    },
  ],
  [
    'a revocation told twice',
    [TWICE],
    async () => {
      await revoked();
      await audit('token.revoked', T0 + 8);
    },
  ],
  [
    'an expiry told twice',
    [TWICE],
    () => audit('token.expired', T0 + 9, { expiresAt: new Date(T0 + 4).toISOString() }),
  ],
  ['a message that nobody relays', [WAITING], () => message({ tokenId }, '61 s')],
  [
    'a message whose job was lost',
    [WAITING],
    async () => {
      await message({ tokenId }, '61 s');
      await it.sql('update latchkey.outbox_message set relayed_at = now()');
    },
  ],
  [
    'two secrets without an end',
    [LIVE],
    () => it.sql('update latchkey.secret set superseded_at = null, accepted_until = null'),
  ],
  [
    'three secrets that are accepted',
    [LIVE],
    async () => {
      await it.sql(
        `insert into latchkey.secret (organization_id, token_id, number, digest, pepper_id, tag_key_id, hint, created_at)
         select organization_id, token_id, 3, digest, pepper_id, tag_key_id, hint, ${at(T0 + 9)} from latchkey.secret where number = 2`,
      );
      await it.sql(
        `update latchkey.secret set superseded_at = now(), accepted_until = now() + interval '1 h' where number = 2`,
      );
      await audit('token.rotated', T0 + 9);
    },
  ],
  [
    'a reminder made twice',
    [REMINDED],
    async () => {
      for (const _ of [1, 2]) {
        await it.sql(
          `insert into latchkey.reminder (organization_id, token_id, kind, anchor, threshold_days, channel, created_at)
           values ('acme', $1, 'idle', ${at(T0)}, 30, 'mail', now())`,
          [tokenId],
        );
      }
    },
  ],
  [
    'a delivery recorded twice',
    [REMINDED],
    async () => {
      const payload = {
        organizationId: 'acme',
        tokenId,
        kind: 'expiry',
        anchor: T0,
        thresholdDays: 7,
        channel: 'mail',
      };
      for (const _ of [1, 2]) await message(payload, '0 s');
      await it.sql('update latchkey.outbox_message set relayed_at = now(), done_at = now()');
    },
  ],
  [
    'a far threshold told after a near one',
    [REMINDED],
    async () => {
      await remind(1, `now() - interval '1 h'`);
      await remind(7, 'now()');
      await it.sql(`update latchkey.reminder set anchor = ${at(T0)}`);
    },
  ],
  [
    'a revoked token that is active again',
    [UNTRUE, BACK],
    async () => {
      await revoked();
      await token(`state = 'active', revoked_at = null`);
    },
  ],
  [
    'a revoked token whose secret still authenticates',
    [BACK],
    async () => {
      await revoked();
      await it.sql('update latchkey.secret set spent = false where number = 2');
    },
  ],
  [
    'a removed member’s token that is active again, under an open gate',
    [UNTRUE, BACK],
    async () => {
      await cascaded();
      await token(`state = 'active', deactivated_at = null, deactivated_because = null`);
      await it.sql('update latchkey.owner_gate set closed_at = null, mark = mark + 1');
    },
  ],
  ['a mark that went back', [BACK], () => token('owner_mark = 3')],
];

describe('each of the queries that must return no row sees', () => {
  test.each(damages)('%s', async (_name, seenBy, damage) => {
    await damage();
    expect(await broken()).toEqual(seenBy);
  });
});

test('every query has been seen to return a row', () => {
  const seen = new Set(damages.flatMap(([, names]) => names));
  expect([...seen].sort()).toEqual(mustBeEmpty.map(({ name }) => name).sort());
});

test('what may be under way is left its time', async () => {
  await it.sql(
    `insert into latchkey.owner_gate (organization_id, member_id, closed_at, mark) values ('acme', 'ada', now(), 1)`,
  );
  const [row] = await it.sql<{ at: Date }>('select closed_at as at from latchkey.owner_gate');
  await audit('member.removed', row?.at.getTime() ?? 0, {}, 'ada');
  await message({ id: randomUUID() }, '30 s');
  expect(await broken(60_000)).toEqual([]);
  expect(await broken()).toEqual([ACTIVE, WAITING]);
});

test.each(['api', 'worker'] as const)('the role of the %s may ask each of them', async (role) => {
  const client = new pg.Client({ connectionString: it.urlOf(role) });
  await client.connect();
  onTestFinished(() => client.end());
  for (const { sql } of mustBeEmpty) expect((await client.query(sql, [0])).rows).toEqual([]);
});
