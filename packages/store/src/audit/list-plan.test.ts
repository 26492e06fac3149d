import { afterAll, beforeAll, expect, test } from 'vitest';
import { monthNamed, monthsAgo } from '../../test/audit-months.ts';
import { T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { AuditTrail } from './audit-trail.ts';
import { listStatement } from './pg-audit-trail.ts';

/** The shape of a plan, not its time: with this many rows it is the one that it has with more. */
const EVENTS = process.env['LATCHKEY_DEEP'] === '1' ? 1_000_000 : 60_000;
const MONTHS = 6;

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  for (let ago = 0; ago < MONTHS; ago += 1) {
    const month = monthNamed(monthsAgo(ago));
    await it.sql('select latchkey.make_audit_partition($1::date)', [month]);
    // Past the grants, into the months: what a year of sealing would have left there. Each tenth event is another organization's.
    await it.sql(
      `insert into latchkey.audit_event (organization_id, at, actor_type, actor_id, action, target_type, target_id, details,
         sealed_month)
       select case when i % 10 = 0 then 'beta' else 'acme' end, $1::date + i * interval '0.1 s', 'member', 'actor-' || i % 97,
              (array['token.issued', 'token.rotated', 'token.revoked', 'member.signed_in'])[1 + i % 4], 'token',
              'token-' || i % $3::int, '{}', $1::date
         from generate_series(1, $2::int) as i`,
      [month, Math.floor(EVENTS / MONTHS), EVENTS / 2_000],
    );
  }
  await it.sql('analyze latchkey.audit_event');
}, 600_000);
afterAll(() => Promise.all(closers.map((close) => close())));

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Node[];
}
const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const planOf = async (page: Parameters<AuditTrail['list']>[1]): Promise<readonly Node[]> => {
  const { text, values } = listStatement('acme', page);
  const [row] = await it.sql<{ 'QUERY PLAN': readonly [{ readonly Plan: Node }] }>(`explain (format json) ${text}`, [
    ...values,
  ]);
  const plan = row?.['QUERY PLAN'][0].Plan;
  if (plan === undefined) throw new Error('there is no plan');
  return nodesOf(plan);
};

const after = { at: monthsAgo(2), eventId: '00000000-0000-4000-8000-000000000000' };
test.each<[string, Parameters<AuditTrail['list']>[1], RegExp]>([
  ['of everything', { filter: {}, limit: 200 }, /_pkey/],
  ['of a target', { filter: { targetId: 'token-7' }, limit: 200 }, /target_id/],
  ['of an actor', { filter: { actorId: 'actor-7' }, limit: 200 }, /actor_id/],
  ['of an action', { filter: { action: 'token.rotated' }, limit: 200 }, /action|_pkey/],
  ['deep in the trail', { filter: { actorId: 'actor-7' }, after, limit: 200 }, /actor_id/],
  [
    'between two times',
    { filter: { targetId: 'token-7', from: monthsAgo(3), to: T0 + 1e12 }, limit: 200 },
    /target_id/,
  ],
])('BOUNDED-WORK: a page %s reads each month along an index', async (_, page, index) => {
  const nodes = await planOf(page);
  const filled = Array.from(
    { length: MONTHS },
    (_month, ago) => `audit_event_${monthNamed(monthsAgo(ago)).slice(0, 7).replace('-', '_')}`,
  );
  const scans = nodes.filter((node) => filled.includes(node['Relation Name'] ?? ''));
  expect(scans.length).toBeGreaterThan(0);
  for (const scan of scans) {
    expect(scan['Node Type']).toMatch(/^Index (?:Only )?Scan$/);
    expect(scan['Index Name']).toMatch(index);
  }
  // Nothing is gathered to be sorted: a page ends where it is full.
  const sorted = nodes.filter((node) => /Sort/.test(node['Node Type'])).flatMap(nodesOf);
  expect(sorted.filter((node) => filled.includes(node['Relation Name'] ?? ''))).toEqual([]);
  expect(nodes.some((node) => node['Node Type'] === 'Merge Append')).toBe(true);
});
