import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addOrganization } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { canonical } from './canonical.ts';
import type { KeptSubject, PermissionsToKeep } from './permission-set-repository.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store);
});
afterAll(() => Promise.all(closers.map((close) => close())));

const reader = { id: 'reader', name: 'Reader', statements: [{ effect: 'allow', actions: ['See'], resources: ['*'] }] };
const writer = { id: 'writer', name: 'Writer', statements: [{ effect: 'allow', actions: ['*'], resources: ['*'] }] };

let revision = 0;
const member = (id: string, ...policyIds: string[]): KeptSubject => ({ type: 'member', id, policyIds, attributes: {} });
const keep = (subjects: readonly KeptSubject[], given: Partial<PermissionsToKeep> = {}) =>
  it.store.unitOfWork.run((tx) => {
    revision += 1;
    return it.store.permissionSets.keep(tx, {
      organizationId: 'acme',
      revision: String(revision),
      dialect: 'featbit',
      policies: [reader, writer],
      subjects,
      ...given,
    });
  });
const rowsOf = (id: string) => it.sql('select from_at from latchkey.kept_permissions where subject_id = $1', [id]);
const count = async (table: string) =>
  (await it.sql<{ count: number }>(`select count(*)::int as count from latchkey.${table}`))[0]?.count;
const now = () => it.store.now();
const findAt = (id: string, at: number) => it.store.permissionSets.findAt('acme', { type: 'member', id }, at);

describe('permissions kept by content', () => {
  test('are found as they were at any instant: before the first nothing is known, after a removal nothing is there', async () => {
    const before = await now();
    await keep([member('ada', 'reader')]);
    const first = await now();
    await keep([member('ada', 'writer', 'reader')]);
    const second = await now();
    await keep([{ ...member('ada'), policyIds: null }]);
    expect(await findAt('ada', before - 1)).toBeNull();
    expect(await findAt('ada', first)).toMatchObject({
      permissions: { dialect: 'featbit', policies: [reader], attributes: {} },
    });
    // In the order in which they apply.
    expect((await findAt('ada', second))?.permissions?.policies).toEqual([writer, reader]);
    expect(await findAt('ada', await now())).toMatchObject({ permissions: null });
    expect(await it.store.permissionSets.findAt('globex', { type: 'member', id: 'ada' }, first)).toBeNull();
    expect(await it.store.permissionSets.findAt('acme', { type: 'policy', id: 'ada' }, first)).toBeNull();
  });

  test('are one row for one content, however many members have it, and none for who has what it had', async () => {
    await keep([member('one', 'reader')]);
    const contents = [await count('kept_policy'), await count('permission_set')];
    await keep(Array.from({ length: 2_000 }, (_, i) => member(`m${i}`, 'reader')));
    expect([await count('kept_policy'), await count('permission_set')]).toEqual(contents);
    const rows = await count('kept_permissions');
    await keep(Array.from({ length: 2_000 }, (_, i) => member(`m${i}`, 'reader')));
    expect(await count('kept_permissions')).toBe(rows);
    // Key order is no difference; an attribute is.
    const [statement] = reader.statements;
    const same = { ...reader, statements: [{ resources: statement?.resources, ...statement }] };
    await keep([member('m1', 'reader')], { policies: [same] });
    expect(await rowsOf('m1')).toHaveLength(1);
    await keep([{ ...member('m1', 'reader'), attributes: { team: ['web'] } }]);
    expect(await rowsOf('m1')).toHaveLength(2);
    expect((await findAt('m1', await now()))?.permissions?.attributes).toEqual({ team: ['web'] });
  });

  test('come back exactly, whatever stands in them', async () => {
    const odd = {
      id: 'odd',
      name: 'Ünïcode “quoted” \\ {brace}',
      statements: JSON.parse('{"__proto__":{"a":1},"b":[null,1.5,true,"\\u2028"]}') as unknown,
    };
    await keep([member('odd', 'odd')], { policies: [odd] });
    const found = await findAt('odd', await now());
    expect(canonical(found?.permissions?.policies)).toBe(canonical([odd]));
  });

  test('commit with their cause, and are nobody’s to rewrite', async () => {
    await expect(
      it.store.unitOfWork.run(async (tx) => {
        revision += 1;
        const revisionText = String(revision);
        await it.store.permissionSets.keep(tx, {
          organizationId: 'acme',
          revision: revisionText,
          dialect: 'featbit',
          policies: [reader],
          subjects: [member('undone', 'reader')],
        });
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    expect(await rowsOf('undone')).toEqual([]);
  });

  test.each(['kept_policy', 'permission_set'])(
    'are unknown where somebody rewrote them past every grant: %s',
    async (table) => {
      const subject = `eve-${table}`;
      const policy = { ...writer, id: subject };
      await keep([member(subject, subject)], { policies: [policy] });
      const at = await now();
      expect((await findAt(subject, at))?.permissions?.policies).toEqual([policy]);
      const rewrite = (from: string, to: string) =>
        it.sql(`update latchkey.${table} set content = replace(content, $1, $2)`, [from, to]);
      await rewrite(table === 'kept_policy' ? '"See"' : '"featbit"', 'x');
      await rewrite(table === 'kept_policy' ? '["*"]' : 'x', '"launchdarkly"');
      expect(await findAt(subject, at)).toBeNull();
      await it.sql(`delete from latchkey.${table}`);
      expect(await findAt(subject, at)).toBeNull();
    },
  );

  test('of one subject follow the revision, where two writes fall into one millisecond or a clock was set back', async () => {
    await keep([member('quick', 'reader')]);
    await keep([member('quick', 'writer')]);
    await it.sql("update latchkey.kept_permissions set from_at = '2026-01-01' where subject_id = 'quick'");
    const at = Date.UTC(2026, 0, 1);
    expect((await findAt('quick', at))?.permissions?.policies).toEqual([writer]);
  });

  test('begin once for an organization', async () => {
    expect(await it.store.permissionSets.isBegun('acme')).toBe(true);
    expect(await it.store.permissionSets.isBegun('globex')).toBe(false);
  });

  test('refuse a subject whose policy is not given: an unknown text is no text', async () => {
    await expect(keep([member('ada', 'unknown')])).rejects.toThrow(RangeError);
  });
});
