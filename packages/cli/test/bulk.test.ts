import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FarSide, startFarSide } from './far-side.ts';
import { errorOf, run } from './latchkey-process.ts';
import { runInTerminal } from './pseudo-terminal.ts';
import { secretOf, tokenText } from './token-text.ts';
import { TOKEN_ID } from './token-views.ts';

let far: FarSide;
let variables: Record<string, string>;
beforeEach(async () => {
  far = await startFarSide();
  variables = { LATCHKEY_URL: far.url, LATCHKEY_TOKEN: tokenText() };
});
afterEach(() => far.stop());

const latchkey = (...args: string[]) => run(['token', ...args], variables);
const inputs = (procedure: string) =>
  far.calls.filter((call) => call.procedure === procedure).map(({ input }) => input);

const item = (name: string, outcome: string, exceeds: object | null = null) => ({
  ...{ tokenId: TOKEN_ID, name, kind: 'personal', ownerId: 'dana', expiresAt: null, exceeds, outcome },
  lastUsedAt: '2027-01-02T03:04:05.000Z',
});

/** Two calls: the first leaves something over, the second is the last. */
const answerInTwo = (skippedCount = 0) =>
  far.on('tokens.bulk', ({ input }) => {
    const dryRun = input['dryRun'] === true;
    const last = input['resume'] !== undefined;
    const items = (last ? ['c'] : ['a', 'b']).map((name) => item(name, dryRun ? 'would_stop' : 'stopped'));
    return {
      data: {
        ...{ dryRun, bulkId: 'run-1', items, stoppedCount: items.length, skippedCount, undecidedCount: 0 },
        ...{ done: last, resume: last ? null : 'k.behind-b.s', settled: true, settledMs: 3 },
      },
    };
  });

describe('latchkey token bulk-revoke', () => {
  it('lists with --dry-run everything that would be hit, and changes nothing', async () => {
    answerInTwo();
    const { code, out } = await latchkey('bulk-revoke', '--owner', 'dana', '--unused-for', '12w', '--dry-run');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ...{ dryRun: true, bulkId: 'run-1', done: true, stoppedCount: 3 },
      items: [{ name: 'a', outcome: 'would_stop' }, { name: 'b' }, { name: 'c' }],
    });
    const filter = { ownerId: 'dana', unusedForDays: 84 };
    expect(inputs('tokens.bulk')).toEqual([
      { action: 'revoke', filter, dryRun: true },
      { action: 'revoke', filter, dryRun: true, resume: 'k.behind-b.s' },
    ]);
  });

  it('with --yes stops them call after call, and gives one report', async () => {
    answerInTwo(1);
    const { code, out, err } = await latchkey(
      ...['bulk-revoke', '--kind', 'service', '--over-privileged', '--expiring-within', '30d'],
      ...['--reason', 'review', '--yes', '--output', 'table'],
    );
    expect(code).toBe(0);
    expect(out).toMatch(/\bc\s+personal\s+dana\s+.*stopped/u);
    expect(err).toContain('So far: 2.');
    expect(err).toContain('Tokens that no verification accepts from now on: 3.');
    expect(err).toContain('Tokens that fit and that you may not stop: 2.');
    expect(inputs('tokens.bulk')[0]).toEqual({
      action: 'revoke',
      filter: { kind: 'service', overPrivileged: true, expiringWithinDays: 30 },
      ...{ dryRun: false, reason: 'review' },
    });
  });

  it('asks a person who has seen the list, and holds the run to what was listed', async () => {
    answerInTwo();
    const { code, text } = await runInTerminal(['token', 'bulk-revoke', '--owner', 'dana'], variables, {
      react: (screen, type) => {
        if (screen.endsWith('[yes/no] ')) type('yes\n');
      },
    });
    expect(code).toBe(0);
    expect(text.indexOf('would end')).toBeLessThan(text.indexOf('Revoke these tokens for good: 3? [yes/no]'));
    expect(text).toContain('2 of 3.');
    expect(inputs('tokens.bulk').map(({ dryRun, expectedCount }) => [dryRun, expectedCount])).toEqual([
      ...[
        [true, undefined],
        [true, undefined],
      ],
      ...[
        [false, 2],
        [false, 1],
      ],
    ]);
  });

  it('does nothing where the answer is no', async () => {
    answerInTwo();
    const { code, text } = await runInTerminal(['token', 'bulk-deactivate', '--owner', 'dana'], variables, {
      react: (screen, type) => {
        if (screen.endsWith('[yes/no] ')) type('no\n');
      },
    });
    expect([code, text.includes('DECLINED')]).toEqual([1, true]);
    expect(inputs('tokens.bulk').every(({ dryRun }) => dryRun === true)).toBe(true);
  });

  it('says with which --resume to go on where it breaks off, and goes on there', async () => {
    answerInTwo();
    const whole = far.calls.length;
    far.on('tokens.bulk', ({ input }) =>
      input['resume'] === undefined
        ? {
            data: {
              ...{ dryRun: false, bulkId: 'run-1', items: [item('a', 'left')], stoppedCount: 0, skippedCount: 0 },
              ...{ undecidedCount: 0, done: false, resume: 'k.behind-a.s', settled: true, settledMs: 3 },
            },
          }
        : { refuse: { code: 'CONFLICT', httpStatus: 409 } },
    );
    const broken = await latchkey('bulk-revoke', '--owner', 'dana', '--yes', '--output', 'table');
    expect(broken.code).toBe(6);
    expect(broken.err).toContain('Go on with the same filter and --resume k.behind-a.s');
    expect(far.calls.length).toBe(whole + 2);
    answerInTwo();
    const rest = await latchkey('bulk-revoke', '--owner', 'dana', '--yes', '--resume', 'k.behind-a.s');
    expect(JSON.parse(rest.out)).toMatchObject({ stoppedCount: 1, done: true, items: [{ name: 'c' }] });
  });

  it('an interrupt ends it after the call that is under way', async () => {
    answerInTwo();
    let child: { kill: (signal: NodeJS.Signals) => boolean } | undefined;
    const [first, second] = [item('a', 'stopped'), item('b', 'stopped')];
    let release = () => {};
    const released = new Promise<void>((done) => {
      release = done;
    });
    far.on('tokens.bulk', async () => {
      child?.kill('SIGINT');
      await released;
      return {
        data: {
          ...{ dryRun: false, bulkId: 'run-1', items: [first, second], stoppedCount: 2, skippedCount: 0 },
          ...{ undecidedCount: 0, done: false, resume: 'k.behind-b.s', settled: true, settledMs: 3 },
        },
      };
    });
    const { code, out, err } = await run(
      ['token', 'bulk-revoke', '--owner', 'dana', '--yes', '--output', 'json'],
      variables,
      {
        started: (started) => {
          child = started;
          started.stderr?.on('data', (chunk) => {
            if (String(chunk).includes('FINISHING')) release();
          });
        },
      },
    );
    expect([code, inputs('tokens.bulk').length]).toEqual([130, 1]);
    expect(JSON.parse(out)).toMatchObject({ stoppedCount: 2, done: false, resume: 'k.behind-b.s' });
    expect(err).toContain('--resume k.behind-b.s');
  });

  it('refuses a call without a filter, without anybody to ask, or with half a day', async () => {
    expect(errorOf(await latchkey('bulk-revoke', '--yes'))).toMatchObject({ code: 'FILTER_MISSING', exitCode: 2 });
    expect(errorOf(await latchkey('bulk-revoke', '--owner', 'dana'))).toMatchObject({ code: 'CONFIRMATION_NEEDED' });
    for (const bad of ['12h', '0d', '-1d', '90']) {
      expect(errorOf(await latchkey('bulk-revoke', `--unused-for=${bad}`, '--dry-run')).code).toBe('DAYS_INVALID');
    }
    expect(far.calls).toEqual([]);
  });
});

describe('latchkey token locate', () => {
  const located = {
    ...{ tokenId: TOKEN_ID, kind: 'personal', name: 'deploy', status: 'active', lastUsedAt: null },
    owner: { id: 'dana', name: 'Dana', removed: false },
    issuer: { type: 'member', id: 'dana', name: 'Dana', removed: false },
  };

  it('says which token was found, and sends nothing of it but its id (SECRET-ONCE)', async () => {
    far.on('tokens.locate', () => ({ data: located }));
    const found = tokenText();
    const { code, out, err } = await run(['token', 'locate', '--output', 'table'], variables, { input: `${found}\n` });
    expect(code).toBe(0);
    expect(out).toMatch(/OWNER\s+Dana/u);
    const tokenId = found.split('_')[2] ?? '';
    expect(err).toContain(`latchkey token deactivate ${tokenId}`);
    const [call] = far.calls;
    expect(call?.input).toEqual({ tokenId });
    expect(JSON.stringify(call)).not.toContain(secretOf(found));
  });

  it('takes one that was cut short or redacted, and refuses a text without one', async () => {
    far.on('tokens.locate', () => ({ data: { ...located, status: 'revoked' } }));
    for (const input of [`lk_pat_${TOKEN_ID}_[redacted]`, `lk_pat_${TOKEN_ID}_abc`, TOKEN_ID]) {
      const { code, err } = await run(['token', 'locate'], variables, { input });
      expect([code, err]).toEqual([0, '']);
    }
    expect(far.calls.map(({ input }) => input)).toEqual(Array(3).fill({ tokenId: TOKEN_ID }));
    const none = await run(['token', 'locate'], variables, { input: 'hunter2 is no token' });
    expect(errorOf(none)).toMatchObject({ code: 'TOKEN_NOT_FOUND_IN_TEXT', exitCode: 2 });
    expect(none.err).not.toContain('hunter2');
  });

  it('reads it hidden from a terminal, and never from an argument', async () => {
    far.on('tokens.locate', () => ({ data: located }));
    const found = tokenText();
    const { text } = await runInTerminal(['token', 'locate'], variables, {
      react: (screen, type) => {
        if (screen.endsWith('(it is not shown): ')) type(`${found}\n`);
      },
    });
    expect(text).toContain('deploy');
    expect(text).not.toContain(secretOf(found));
    expect(errorOf(await latchkey('locate', found)).code).toBe('TOKEN_IN_ARGUMENT');
  });
});
