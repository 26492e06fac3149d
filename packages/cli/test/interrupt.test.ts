import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FarSide, startFarSide } from './far-side.ts';
import { errorOf, run } from './latchkey-process.ts';
import { runInTerminal } from './pseudo-terminal.ts';
import { secretOf, tokenText } from './token-text.ts';
import { rotatedView, TOKEN_ID } from './token-views.ts';

let far: FarSide;
let variables: Record<string, string>;
let folder: string;
const REVEALED = tokenText();
beforeEach(async () => {
  far = await startFarSide();
  variables = { LATCHKEY_URL: far.url, LATCHKEY_TOKEN: tokenText() };
  folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-'));
});
afterEach(async () => {
  await far.stop();
  rmSync(folder, { recursive: true, force: true });
});

const answer = { data: { token: rotatedView(), tokenText: REVEALED } };

describe('an interrupt in the middle of a rotation', () => {
  it('waits until the new secret is saved', async () => {
    const path = join(folder, 'token');
    let interrupt = () => {};
    let answered = () => {};
    const released = new Promise<void>((release) => {
      answered = release;
    });
    far.on('tokens.rotate', async () => {
      // The request is here: the far side has rotated, and its answer is on the way.
      interrupt();
      await released;
      return answer;
    });
    const { code, text } = await runInTerminal(['token', 'rotate', TOKEN_ID, '--save', path], variables, {
      started: (type) => {
        interrupt = () => type('\u0003');
      },
      react: (screen) => {
        if (screen.includes('Interrupt again')) answered();
      },
    });
    expect([code, readFileSync(path, 'utf8')]).toEqual([0, `${REVEALED}\n`]);
    expect(text).toContain('finishing');
    expect(text).not.toContain(secretOf(REVEALED));
  });

  it('ends it the second time, says what that means, and leaves the file as it was', async () => {
    const path = join(folder, 'token');
    let child: { kill: (signal: NodeJS.Signals) => boolean } | undefined;
    far.on('tokens.rotate', async () => {
      child?.kill('SIGINT');
      return new Promise(() => {});
    });
    const stopped = await run(['token', 'rotate', TOKEN_ID, '--save', path], variables, {
      started: (process) => {
        child = process;
        process.stderr?.on('data', (chunk) => {
          if (String(chunk).includes('FINISHING')) process.kill('SIGINT');
        });
      },
    });
    expect(stopped.code).toBe(130);
    const lines = stopped.err.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).warning.code)).toEqual(['FINISHING', 'LEFT_UNFINISHED']);
    expect(stopped.err).toContain('grace period');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('holds for %s too', async (signal) => {
    const path = join(folder, 'token');
    let child: { kill: (signal: NodeJS.Signals) => boolean } | undefined;
    far.on('tokens.rotate', async () => {
      child?.kill(signal);
      return answer;
    });
    const done = await run(['token', 'rotate', TOKEN_ID, '--save', path], variables, {
      started: (process) => {
        child = process;
      },
    });
    expect([done.code, readFileSync(path, 'utf8')]).toEqual([0, `${REVEALED}\n`]);
  });
});

describe('an answer that is lost', () => {
  it.each([
    ['hang up', () => 'hang up' as const],
    ['an outage', () => ({ refuse: { code: 'STORE_UNAVAILABLE', httpStatus: 503 } })],
    ['an answer that is none', () => ({ body: 'Bad gateway' })],
  ])('leaves a rotation uncertain, and says how to go on: %s', async (_, lose) => {
    far.on('tokens.rotate', lose);
    const failed = await run(['token', 'rotate', TOKEN_ID, '--save', join(folder, 'token')], variables);
    const error = errorOf(failed);
    expect([failed.code, error.code]).toEqual([1, 'ROTATION_UNCERTAIN']);
    expect(error.hint).toContain(`latchkey token get ${TOKEN_ID}`);
    expect(error.hint).toContain('--cut-older');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('can be repeated: refused during the grace period, done with --cut-older', async () => {
    far.on('tokens.rotate', ({ input }) =>
      input['cutOlder'] === true
        ? answer
        : {
            refuse: {
              code: 'ROTATION_IN_GRACE',
              httpStatus: 409,
              details: { graceEndsAt: '2027-01-04T00:00:00.000Z' },
            },
          },
    );
    const again = await run(['token', 'rotate', TOKEN_ID], variables);
    expect([again.code, errorOf(again).hint]).toEqual([
      6,
      'Wait until 2027-01-04T00:00:00.000Z, or add --cut-older, which ends the older secret at once.',
    ]);
    expect((await run(['token', 'rotate', TOKEN_ID, '--cut-older'], variables)).code).toBe(0);
  });

  it('is not uncertain where nothing was sent', async () => {
    await far.stop();
    const failed = await run(['token', 'rotate', TOKEN_ID], variables);
    expect([failed.code, errorOf(failed).code]).toEqual([1, 'UNREACHABLE']);
    far = await startFarSide();
  });

  it('leaves issuing uncertain as well', async () => {
    far.on('tokens.issue', () => 'hang up');
    expect(errorOf(await run(['token', 'issue', 'ci'], variables)).code).toBe('ISSUE_UNCERTAIN');
  });
});
