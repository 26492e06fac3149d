import { createHmac, hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditExportLine, Output } from '@latchkey/contract';
import {
  CHAIN_START,
  type ChainCrypto,
  type ChainedEvent,
  type ChainStub,
  DROP_ACTION,
  ERASURE_ACTION,
  FIRST_STUB_AFTER,
  sealEvent,
  stubOf,
} from '@latchkey/core/audit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FarSide, startFarSide } from './far-side.ts';
import { errorOf, run } from './latchkey-process.ts';
import { tokenText } from './token-text.ts';

const crypto: ChainCrypto = {
  sha256: (data) => hash('sha256', data, 'buffer'),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};
const T0 = Date.parse('2027-01-31T09:00:00.000Z');
const KEY = { id: 'audit-1', bytes: new Uint8Array(32).fill(7) };

const eventOf = (i: number, given: Partial<ChainedEvent> = {}): ChainedEvent => ({
  eventId: `event-${i}`,
  at: T0 + i,
  actor: { type: 'member', id: 'ada' },
  action: 'token.issued',
  target: { type: 'token', id: `token-${i}` },
  requestId: null,
  details: { i },
  reason: 'because',
  address: '192.0.2.7',
  client: null,
  salt: `salt-${i}`,
  erasedBy: null,
  ...given,
});

/** An export as an installation writes it; `shown` says what became of an event after it was sealed. */
const exportOf = (events: readonly ChainedEvent[], shown = (event: ChainedEvent): ChainedEvent | null => event) => {
  let head = CHAIN_START;
  return events.map((event): AuditExportLine => {
    const { eventId, at } = event;
    const seal = sealEvent(crypto, KEY, head, { organizationId: 'acme', eventId, at, sealedAt: at + 1_000 }, event);
    head = seal;
    const now = shown(event);
    const iso = (instant: number) => new Date(instant).toISOString();
    return {
      organizationId: 'acme',
      seal: { ...seal, at: iso(seal.at), sealedAt: iso(seal.sealedAt) },
      event: now === null ? null : { ...now, at: iso(now.at) },
    };
  });
};
const ten = Array.from({ length: 10 }, (_, i) => eventOf(i + 1));
const sound = exportOf(ten);
const anchorAt = (number: number) => `${number}:${sound[number - 1]?.seal.link}`;

let folder: string;
let far: FarSide;
let variables: Record<string, string>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-audit-'));
  far = await startFarSide();
  variables = { LATCHKEY_URL: far.url, LATCHKEY_TOKEN: tokenText() };
});
afterAll(async () => {
  await far.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => far.calls.splice(0));

const fileOf = (lines: readonly unknown[], name = 'trail.jsonl') => {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
};
const check = async (lines: readonly unknown[], ...args: string[]) => {
  const { code, out } = await run(['audit', 'verify', '--file', fileOf(lines), ...args]);
  const report = JSON.parse(out) as { problems: unknown[]; vouched: { number: number } | null; checkedCount: number };
  return { code, ...report };
};

describe('latchkey audit verify --file', () => {
  it('needs no installation, no token and no key, and says up to which anchor it vouches', async () => {
    expect(await check(sound, '--anchor', anchorAt(8))).toMatchObject({
      code: 0,
      problems: [],
      vouched: { number: 8 },
    });
    expect(await check(sound)).toMatchObject({ code: 0, problems: [], vouched: null, checkedCount: 10 });
    expect(far.calls).toEqual([]);
    const { out } = await run(['audit', 'verify', '--file', fileOf(sound), '--output', 'table']);
    expect(out).toContain('Nothing is wrong up to number 10');
    expect(out).toContain('nobody vouches that it was not rewritten as a whole');
  });

  it('takes anchors out of the worker’s log as it is, those of this organization alone', async () => {
    const log = fileOf(
      [
        { msg: 'worker ready' },
        { msg: 'audit_anchor', organizationId: 'acme', number: 9, link: sound[8]?.seal.link },
        { msg: 'audit_anchor', organizationId: 'globex', number: 4, link: '0'.repeat(64) },
      ],
      'worker.log',
    );
    writeFileSync(log, 'no JSON at all\n', { flag: 'a' });
    expect(await check(sound, '--anchors', log)).toMatchObject({ code: 0, problems: [], vouched: { number: 9 } });
  });

  const edited = exportOf(ten, (event) => (event.eventId === 'event-4' ? { ...event, reason: 'no' } : event));
  const without = ten.filter(({ eventId }) => eventId !== 'event-4');
  const swapped = [...sound.slice(0, 3), sound[4], sound[3], ...sound.slice(5)];
  it.each([
    ['an edit', edited, [{ type: 'event_changed', number: 4, eventId: 'event-4' }]],
    ['a drop', sound.toSpliced(3, 1), [{ type: 'seals_missing', number: 4, through: 4 }]],
    ['a tail cut off', sound.slice(0, 6), [{ type: 'tail_missing', number: 7, through: 8 }]],
    ['a trail made anew without an event', exportOf(without), [{ type: 'anchor_differs', number: 8 }]],
  ])('finds %s', async (_, lines, problems) => {
    expect(await check(lines, '--anchor', anchorAt(8))).toMatchObject({ code: 1, problems, vouched: null });
  });

  it('finds a swap', async () => {
    const { code, problems } = await check(swapped, '--anchor', anchorAt(8));
    expect([code, problems[0]]).toEqual([1, { type: 'seals_missing', number: 4, through: 4 }]);
  });

  it('takes an erasure that a sealed event records, and no other', async () => {
    const erase = (event: ChainedEvent) =>
      event.eventId === 'event-2' ? { ...event, reason: null, address: null, salt: null, erasedBy: 'erasure' } : event;
    const record = eventOf(11, { eventId: 'erasure', action: ERASURE_ACTION, details: { eventIds: ['event-2'] } });
    expect(await check(exportOf([...ten, record], erase))).toMatchObject({ code: 0, problems: [] });
    const other = { ...record, details: { eventIds: ['event-3'] } };
    expect(await check(exportOf([...ten, other], erase))).toMatchObject({
      code: 1,
      problems: [{ type: 'erased_unrecorded', number: 2 }],
    });
  });

  describe('of a trail of which retention has dropped the beginning', () => {
    const at = T0 + 30 * 86_400_000;
    const part = (firstNumber: number, lastNumber: number, droppedAt: number) => ({
      firstNumber,
      lastNumber,
      eventCount: lastNumber - firstNumber + 1,
      lastLink: sound[lastNumber - 1]?.seal.link ?? '',
      lastSealedAt: T0 + lastNumber + 1_000,
      droppedAt,
    });
    const first = stubOf(crypto, KEY, 'acme', FIRST_STUB_AFTER, part(1, 3, at - 1));
    const second = stubOf(crypto, KEY, 'acme', first.link, part(4, 6, at));
    const stubLine = ({ lastSealedAt, droppedAt, ...stub }: ChainStub) => ({
      organizationId: 'acme',
      stub: {
        ...stub,
        lastSealedAt: new Date(lastSealedAt).toISOString(),
        droppedAt: new Date(droppedAt).toISOString(),
      },
    });
    const stubs = [first, second].map(stubLine);
    const record = (stub: string) => eventOf(11, { eventId: 'drop', at, action: DROP_ACTION, details: { stub } });
    const later = eventOf(12, { at: at + 2 * 3_600_000 });
    const trail = exportOf([...ten, record(second.link), later]).slice(6);

    it('it goes on from the stubs, and vouches as before', async () => {
      expect(await check([...stubs, ...trail], '--anchor', anchorAt(8))).toMatchObject({
        code: 0,
        problems: [],
        checkedCount: 6,
        vouched: { number: 8 },
        dropped: { through: 6, eventCount: 6 },
      });
      // An anchor of the last number that was dropped agrees with the stub alone.
      expect(await check([...stubs, ...trail], '--anchor', anchorAt(6))).toMatchObject({ vouched: { number: 6 } });
      // A file that ends before the record of the drop could be sealed says nothing against it.
      expect(await check([...stubs, ...trail.slice(0, 4)])).toMatchObject({ code: 0, problems: [] });
      const { out } = await run(['audit', 'verify', '--file', fileOf([...stubs, ...trail]), '--output', 'table']);
      expect(out).toContain('Retention has removed older events');
    });

    const without = exportOf([...ten, record('another'), later]).slice(6);
    const anchoredLater = { organizationId: 'acme', number: 2, link: sound[1]?.seal.link, sealedAt: T0 + 86_400_000 };
    it.each([
      ['a stub left out', [stubs[1], ...trail], [], { type: 'seals_missing', number: 1, through: 3 }],
      ['the newest stub left out', [stubs[0], ...trail], [], { type: 'stub_unrecorded', number: 3 }],
      [
        'an edited one',
        [stubs[0], stubLine({ ...second, eventCount: 2 }), ...trail],
        [],
        { type: 'stub_changed', number: 4 },
      ],
      [
        'a forged one',
        [stubs[0], stubLine({ ...second, lastLink: '0'.repeat(64) }), ...trail],
        [],
        { type: 'link_broken', number: 7 },
      ],
      ['a drop that nothing records', [...stubs, ...without], [], { type: 'stub_unrecorded', number: 6 }],
      [
        'another link than an anchor’s',
        [...stubs, ...trail],
        ['--anchor', `6:${'0'.repeat(64)}`],
        { type: 'anchor_differs', number: 6 },
      ],
      [
        'a drop of what was sealed only later',
        [...stubs, ...trail],
        ['--anchors', 'LOG'],
        { type: 'anchor_differs', number: 2 },
      ],
    ])('it finds %s', async (_, lines, args, problem) => {
      const { code, problems, vouched } = await check(
        lines,
        ...args.map((arg) => (arg === 'LOG' ? fileOf([anchoredLater], 'anchors.log') : arg)),
      );
      expect([code, vouched]).toEqual([1, null]);
      expect(problems).toContainEqual(expect.objectContaining(problem));
    });

    it('without any stub it says that it begins in the middle', async () => {
      const { out } = await run(['audit', 'verify', '--file', fileOf(trail), '--output', 'table']);
      expect(out).toContain('This file begins at number 7');
    });
  });

  it('refuses what is no export, by its line', async () => {
    for (const lines of [[], [sound[0], { no: 'line' }], [sound[0], { ...sound[1], organizationId: 'globex' }]]) {
      const refused = await run(['audit', 'verify', '--file', fileOf(lines)]);
      expect([refused.code, errorOf(refused).code]).toEqual([1, 'EXPORT_INVALID']);
    }
    expect(errorOf(await run(['audit', 'verify', '--file', join(folder, 'none')])).code).toBe('FILE_UNREADABLE');
    expect(errorOf(await run(['audit', 'verify', '--anchor', '12'])).code).toBe('VALUE_NOT_ALLOWED');
  });
});

describe('latchkey audit verify', () => {
  it('asks slice by slice to the end, and fails where a slice had a problem', async () => {
    const answer: Output<'audit', 'verifyChain'> = {
      problems: [],
      checkedCount: 500,
      intact: null,
      vouched: null,
      dropped: {
        through: 7,
        eventCount: 6,
        sealedThrough: '2026-12-31T09:00:00.000Z',
        droppedAt: '2027-01-30T09:00:00.000Z',
      },
      keys: 'checked',
      waiting: { count: 2, oldestAt: '2027-01-31T09:00:00.000Z' },
      nextCursor: 'more',
    };
    far.on('audit.verifyChain', ({ input }) => ({
      data:
        input['cursor'] === undefined
          ? { ...answer, problems: [{ type: 'mac_wrong', number: 3 }] }
          : { ...answer, intact: { number: 2, sealedAt: '2027-01-31T09:00:00.000Z' }, nextCursor: null },
    }));
    const { code, out } = await run(['audit', 'verify', '--output', 'table', '--anchor', anchorAt(8)], variables);
    expect(code).toBe(1);
    expect(out).toMatch(/3 +sealed by somebody without the key/);
    expect(out).toContain('Nothing is wrong up to number 2');
    expect(out).toContain('Events that wait for their seal: 2.');
    expect(out).toContain('Retention has removed older events, most recently on 2027-01-30');
    expect(far.calls.map(({ input }) => input)).toEqual([
      { anchor: anchorAt(8) },
      { anchor: anchorAt(8), cursor: 'more' },
    ]);
  });
});

it('latchkey audit export writes page after page as they are', async () => {
  far.on('audit.export', ({ input }) => ({
    data: {
      dropped: null,
      contentType: 'text/csv',
      text: input['cursor'] === undefined ? 'number\n"1"\n' : '"2"\n',
      count: 1,
      nextCursor: input['cursor'] === undefined ? 'more' : null,
    },
  }));
  const { code, out } = await run(['audit', 'export', '--format', 'csv', '--to', '2027-02-01T00:00:00Z'], variables);
  expect([code, out]).toEqual([0, 'number\n"1"\n"2"\n']);
  expect(far.calls.at(-1)?.input).toEqual({ format: 'csv', to: '2027-02-01T00:00:00Z', cursor: 'more' });
});

it('latchkey audit list says that older events are not there any more, and not in between the data', async () => {
  const dropped = {
    through: 7,
    eventCount: 6,
    sealedThrough: '2026-12-31T09:00:00.000Z',
    droppedAt: '2027-01-30T09:00:00.000Z',
  };
  far.on('audit.list', () => ({ data: { items: [], nextCursor: null, dropped } }));
  const { code, out, err } = await run(['audit', 'list', '--output', 'json'], variables);
  expect([code, JSON.parse(out)]).toEqual([0, []]);
  expect(JSON.parse(err)).toMatchObject({ warning: { code: 'AUDIT_EVENTS_DROPPED' } });
  expect(err).toContain('2027-01-30');
});
