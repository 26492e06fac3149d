import { describe, expect, it } from 'vitest';
import { type BulkDraft, type BulkInput, emptyBulkDraft, readBulkDraft, readDays } from '../src/bulk/bulk-draft.ts';
import { bulkReportCsv } from '../src/bulk/bulk-report.ts';
import { type BulkItem, type BulkSum, nothingYet, runBulk, usedLately } from '../src/bulk/bulk-run.ts';

const item = (name: string, given: Partial<BulkItem> = {}): BulkItem => ({
  ...{ tokenId: '3fK0aZ81bQ7rTx2m', name, kind: 'personal', ownerId: 'dana', expiresAt: null },
  ...{ lastUsedAt: '2027-01-02T03:04:05.000Z', exceeds: null, outcome: 'stopped' },
  ...given,
});

const answer = (items: readonly BulkItem[], resume: string | null) => ({
  ...{ dryRun: false, bulkId: 'b', items: [...items], stoppedCount: items.length, skippedCount: 1, undecidedCount: 0 },
  ...{ done: resume === null, resume, settled: true as const, settledMs: 1 },
});

const asked = { action: 'revoke', filter: { ownerId: 'dana' } } as const;

describe('what tokens are chosen by', () => {
  const draft = (given: Partial<BulkDraft>) => readBulkDraft({ ...emptyBulkDraft, ...given });

  it('is sent as it was chosen', () => {
    expect(
      draft({ action: 'revoke', kind: 'service', unusedFor: ' 90 ', overPrivileged: true, reason: 'review' }),
    ).toEqual({
      action: 'revoke',
      filter: { kind: 'service', unusedForDays: 90, overPrivileged: true },
      reason: 'review',
    });
  });

  it('is nothing at all where nothing was chosen, or a number of days that is none', () => {
    expect(draft({})).toBeNull();
    expect(draft({ reason: 'only a reason' })).toBeNull();
    for (const bad of ['0', '-1', '1.5', '1e3', '36501', 'ninety', '٣']) {
      expect(readDays(bad), bad).toBe('invalid');
      // Left out, the filter would be wider than what somebody meant.
      expect(draft({ owner: 'dana', unusedFor: bad }), bad).toBeNull();
    }
  });
});

describe('a run', () => {
  it('goes on behind each call with the numbers of the dry run, and adds them up', async () => {
    const calls: BulkInput[] = [];
    const told: BulkSum[] = [];
    const sum = await runBulk(
      async (input) => {
        calls.push(input);
        return input.resume === undefined ? answer([item('a'), item('b')], 'k') : answer([item('c')], null);
      },
      asked,
      { expected: [2, 1], told: (so) => told.push(so), isStopped: () => false },
    );
    expect(calls).toEqual([
      { ...asked, expectedCount: 2 },
      { ...asked, resume: 'k', expectedCount: 1 },
    ]);
    expect(sum).toMatchObject({ stoppedCount: 3, skippedCount: 2, counts: [2, 1], resume: null });
    expect(told.map(({ items }) => items.length)).toEqual([2, 3]);
  });

  it('told to stop ends after the call that is under way, and goes on from there', async () => {
    let callCount = 0;
    const call = async () => {
      callCount += 1;
      return answer([item('a')], callCount === 1 ? 'k' : null);
    };
    const first = await runBulk(call, asked, { told: () => undefined, isStopped: () => true });
    expect([callCount, first.resume]).toEqual([1, 'k']);
    const options = { from: first, told: () => undefined, isStopped: () => false };
    expect(await runBulk(call, asked, options)).toMatchObject({ stoppedCount: 2, resume: null });
  });

  it('that is refused has told what was done before', async () => {
    let sum = nothingYet;
    const call = async ({ resume }: BulkInput) => {
      if (resume !== undefined) throw new Error('CONFLICT');
      return answer([item('a')], 'k');
    };
    const told = (so: BulkSum) => {
      sum = so;
    };
    await expect(runBulk(call, asked, { told, isStopped: () => false })).rejects.toThrow('CONFLICT');
    expect(sum).toMatchObject({ stoppedCount: 1, resume: 'k' });
  });
});

describe('a report', () => {
  it('counts those that will be missed', () => {
    const now = Date.parse('2027-01-10T00:00:00Z');
    const items = [
      item('old'),
      item('new', { lastUsedAt: '2027-01-09T00:00:00.000Z' }),
      item('no', { lastUsedAt: null }),
    ];
    expect(usedLately(items, now)).toBe(1);
  });

  it('is CSV with every token in it, and nothing that a spreadsheet would run', () => {
    const csv = bulkReportCsv([
      item('=HYPERLINK("http://evil.example")', { exceeds: { action: 'ToggleFlag', resource: 'project/shop' } }),
      item('two\r\nlines, "quoted"', { ownerId: null, outcome: 'left' }),
      item(' \t+1'),
    ]);
    expect(csv).toBe(
      [
        '"token_id","name","kind","owner_id","last_used_at","expires_at","exceeds_action","exceeds_resource","outcome"',
        `"3fK0aZ81bQ7rTx2m","'=HYPERLINK(""http://evil.example"")","personal","dana","2027-01-02T03:04:05.000Z","","ToggleFlag","project/shop","stopped"`,
        '"3fK0aZ81bQ7rTx2m","two\r\nlines, ""quoted""","personal","","2027-01-02T03:04:05.000Z","","","","left"',
        `"3fK0aZ81bQ7rTx2m","' \t+1","personal","dana","2027-01-02T03:04:05.000Z","","","","stopped"`,
        '',
      ].join('\r\n'),
    );
  });
});
