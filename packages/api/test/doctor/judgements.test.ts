import type { KeyRing } from '@latchkey/core';
import type { OutboxLag, Registry, ServerFacts } from '@latchkey/store';
import { describe, expect, it } from 'vitest';
import type { RedisAnswer } from '../../src/doctor/ask-redis.ts';
import { type Finding, spell } from '../../src/doctor/finding.ts';
import { judgeKeys } from '../../src/doctor/judge-keys.ts';
import { judgeRedis } from '../../src/doctor/judge-redis.ts';
import {
  judgeClock,
  judgeDurability,
  judgeMigrations,
  judgeNode,
  judgePooler,
  judgeReplication,
  judgeRole,
  judgeVersion,
} from '../../src/doctor/judge-server.ts';
import {
  judgeDeadLetters,
  judgeJobs,
  judgeOutbox,
  judgePartitions,
  judgeRows,
  judgeSealing,
  judgeVerifiers,
} from '../../src/doctor/judge-work.ts';

const MINUTE = 60_000;
const threeMonths = ['2026-02-01', '2026-03-01', '2026-04-01'];
const whole = { retentionDays: null, overdueMonths: [] };
const overdue = (retentionDays: number) => ({ retentionDays, overdueMonths: ['2026-02-01'] });
const NOW = Date.parse('2026-03-15T12:00:00Z');
const durable = { synchronousCommit: 'on', fsync: true, fullPageWrites: true };
const ring = (...ids: readonly [string, ...string[]]): KeyRing =>
  ids.map((id) => ({ id, bytes: new Uint8Array(32) })) as unknown as KeyRing;
const pepper = (keyId: string, count: number) => ({ ring: 'pepper' as const, keyId, count });
const lag = (given: Partial<OutboxLag>): OutboxLag => ({
  name: 'cascade-member-removal',
  waiting: { count: 0, oldestMs: 0 },
  unfinished: { count: 0, oldestMs: 0 },
  deadCount: 0,
  ...given,
});
const standbys = (...states: readonly string[]): ServerFacts['standbys'] =>
  states.map((state) => ({ state, count: 1 }));
const registry = (...ages: readonly number[]): Registry => ({
  incarnation: 'now',
  now: NOW,
  rows: ages.map((age, place) => ({
    ...{ verifierId: String(place), name: `node-${place}`, incarnation: 'now', applied: '1:1:', polls: 1 },
    polledAt: NOW - age,
  })),
});
const redis = (given: Partial<Extract<RedisAnswer, { reached: true }>> = {}): RedisAnswer => ({
  ...{ reached: true, version: '7.2.4', policy: 'noeviction', isSentinel: false },
  ...given,
});
const away: RedisAnswer = { reached: false, because: 'ECONNREFUSED' };

/** Every check: what it says of what is well, and of each thing that may be wrong. */
const cases: readonly (readonly [Finding, Finding['level'], RegExp])[] = [
  [judgeNode('v24.1.0'), 'ok', /24/],
  [judgeNode('v22.16.9'), 'fail', /older/],
  [judgeNode('v20.19.0'), 'fail', /older/],
  [judgeVersion({ version: 180_001 }), 'ok', /18/],
  [judgeVersion({ version: 149_999 }), 'fail', /14 is too old/],
  [judgeMigrations([], []), 'ok', /All/],
  [judgeMigrations(['store-x'], []), 'fail', /latchkey-server migrate.*store-x/],
  [judgeMigrations([], ['store-y']), 'warn', /newer release.*store-y/],
  [judgeRole({ isSuperuser: false }), 'ok', /./],
  [judgeRole({ isSuperuser: true }), 'warn', /latchkey_api/],
  [judgeClock(NOW, NOW - 5, NOW + 5), 'ok', /0 ms apart/],
  // A slow answer is no wrong clock.
  [judgeClock(NOW, NOW - 60_000, NOW + 60_000), 'ok', /./],
  [judgeClock(NOW, NOW + 1_500, NOW + 1_510), 'warn', /NTP/],
  [judgeClock(NOW, NOW - 31_500, NOW - 31_400), 'fail', /31 s apart/],
  [judgeDurability(durable), 'ok', /on/],
  [judgeDurability({ ...durable, synchronousCommit: 'remote_apply' }), 'ok', /remote_apply/],
  [judgeDurability({ ...durable, synchronousCommit: 'local' }), 'warn', /failover/],
  [judgeDurability({ ...durable, synchronousCommit: 'off' }), 'fail', /revoked/],
  [judgeDurability({ ...durable, fsync: false }), 'fail', /fsync/],
  [judgeDurability({ ...durable, fullPageWrites: false }), 'fail', /full_page_writes/],
  [judgeReplication({ inRecovery: false, standbys: [] }), 'ok', /without/],
  [judgeReplication({ inRecovery: false, standbys: standbys('sync', 'async') }), 'ok', /1 synchronous and 1/],
  [judgeReplication({ inRecovery: false, standbys: standbys('quorum') }), 'ok', /1 synchronous/],
  [judgeReplication({ inRecovery: false, standbys: standbys('async') }), 'warn', /none synchronous/],
  [judgeReplication({ inRecovery: false, standbys: standbys('not told') }), 'warn', /none synchronous/],
  [judgeReplication({ inRecovery: true, standbys: [] }), 'fail', /standby/],
  [judgePooler({ statementTimeoutMs: 5_000 }), 'ok', /5 s/],
  [judgePooler({ statementTimeoutMs: 0 }), 'warn', /ALTER ROLE/],
  [judgeKeys('pepper', ring('b', 'a'), [pepper('b', 5), pepper('a', 3)]), 'ok', /Still in use: a \(3 secrets\)/],
  [judgeKeys('pepper', ring('b', 'a'), [pepper('b', 5)]), 'ok', /No row needs a/],
  [judgeKeys('pepper', ring('b'), [pepper('b', 5), pepper('a', 3)]), 'fail', /LATCHKEY_PEPPERS: a \(3 secrets\)/],
  [judgeKeys('tag', ring('b'), [{ ring: 'tag', keyId: 'x', count: 1 }]), 'fail', /LATCHKEY_TAG_KEYS: x/],
  [judgeKeys('audit', null, []), 'ok', /none is in use/],
  [judgeKeys('audit', null, [{ ring: 'audit', keyId: 'x', count: 1 }]), 'warn', /LATCHKEY_DATA_DIR/],
  [judgeRedis([]), 'ok', /PostgreSQL/],
  [judgeRedis([redis()]), 'ok', /7\.2\.4/],
  [judgeRedis([redis(), away]), 'warn', /1 of 2.*ECONNREFUSED/],
  [judgeRedis([redis(), redis({ policy: 'allkeys-lru' })]), 'fail', /allkeys-lru/],
  [judgeRedis([redis({ version: '6.0.16' })]), 'fail', /too old/],
  [judgeRedis([redis({ isSentinel: true, policy: null })]), 'warn', /sentinels/],
  [judgeOutbox([]), 'ok', /0 messages/],
  [judgeOutbox([lag({ waiting: { count: 2, oldestMs: 2 * MINUTE } })]), 'warn', /2 messages.*2 min/],
  [judgeOutbox([lag({}), lag({ waiting: { count: 2, oldestMs: 11 * MINUTE } })]), 'fail', /worker running/],
  [judgeJobs([lag({ unfinished: { count: 9, oldestMs: MINUTE } })]), 'ok', /./],
  [judgeJobs([lag({ unfinished: { count: 9, oldestMs: 6 * MINUTE } })]), 'warn', /cascade-member-removal: 9/],
  [judgeJobs([lag({ unfinished: { count: 9, oldestMs: 61 * MINUTE } })]), 'fail', /log/],
  [judgeDeadLetters([lag({})]), 'ok', /None/],
  [judgeDeadLetters([lag({ deadCount: 2 })]), 'warn', /cascade-member-removal: 2.*dead-letters/],
  [judgeSealing({ count: 4, oldestMs: 900 }), 'ok', /4 audit events/],
  [judgeSealing({ count: 4, oldestMs: 6 * MINUTE }), 'warn', /6 min/],
  [judgeSealing({ count: 4, oldestMs: 61 * MINUTE }), 'fail', /LATCHKEY_AUDIT_KEYS/],
  [judgePartitions(['2026-02-01', '2026-03-01', '2026-04-01'], whole, NOW), 'ok', /1 months behind, 1 ahead/],
  [judgePartitions(['2026-03-01'], whole, NOW), 'warn', /worker/],
  [judgePartitions(['2026-02-01', '2026-04-01'], whole, NOW), 'warn', /none for this month: the sealer makes it/],
  // February 2026 ends two weeks before: overdue for an hour, for a day and a half, and for ten days.
  [judgePartitions(threeMonths, overdue(14), NOW - 11 * 60 * MINUTE), 'ok', /1 ahead/],
  [judgePartitions(threeMonths, overdue(13), NOW), 'warn', /2026-02 for 36 h now.*audit keys/],
  [judgePartitions(threeMonths, overdue(4), NOW), 'fail', /1 are kept.*2026-02 for 11 days.*log/],
  [judgeVerifiers(registry(100, 900), 2_000), 'ok', /2 registered/],
  [judgeVerifiers(registry(), 2_000), 'warn', /No server/],
  [judgeVerifiers({ ...registry(100), incarnation: 'other' }, 2_000), 'warn', /No server/],
  [judgeVerifiers(registry(100, 9_000), 2_000), 'warn', /node-1 hold up/],
  [judgeRows([]), 'ok', /./],
  [judgeRows([{ name: 'rows that came back', invariant: 'TERMINAL', count: 2 }]), 'fail', /came back \(TERMINAL\)/],
];

describe('doctor', () => {
  it.each(cases.map(([finding, level, says]) => ({ ...finding, expected: level, pattern: says })))(
    '$check is $expected: $says',
    ({ level, says, expected, pattern }) => {
      expect(level).toBe(expected);
      expect(says).toMatch(pattern);
    },
  );

  it('has been seen to find something wrong by every check', () => {
    const checks = new Set(cases.map(([{ check }]) => check));
    const wrong = new Set(cases.flatMap(([{ check, level }]) => (level === 'ok' ? [] : [check])));
    expect(wrong).toEqual(checks);
  });

  it('spells times for people', () => {
    expect([0, 1_500, 90_000, 7_200_000, 200_000_000].map(spell)).toEqual(['0 ms', '1500 ms', '90 s', '2 h', '2 days']);
  });
});
