import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FarSide, startFarSide } from './far-side.ts';
import { errorOf, run } from './latchkey-process.ts';
import { runInTerminal } from './pseudo-terminal.ts';
import { tokenText } from './token-text.ts';
import { TOKEN_ID, tokenView } from './token-views.ts';

let far: FarSide;
let folder: string;
let variables: Record<string, string>;
beforeEach(async () => {
  far = await startFarSide();
  folder = await mkdtemp(join(tmpdir(), 'latchkey-right-size-'));
  variables = { LATCHKEY_URL: far.url, LATCHKEY_TOKEN: tokenText() };
});
afterEach(async () => {
  await far.stop();
  await rm(folder, { recursive: true });
});

const latchkey = (...args: string[]) => run(['token', 'right-size', TOKEN_ID, ...args], variables);
const called = (procedure: string) =>
  far.calls.filter((call) => call.procedure === procedure).map(({ input }) => input);

const statements = [
  { effect: 'allow', resourceType: 'flag', actions: ['ToggleFlag'], resources: ['project/shop:env/dev:flag/a'] },
];
const replay = {
  ...{ decisionCount: 41_200, refusedCount: 0, uncertainCount: 0, refusedAlreadyCount: 0 },
  ...{ refused: [], uncertain: [], exact: true },
};
const suggestion = (more: object = {}) => ({
  ...{ tokenId: TOKEN_ID, kind: 'personal', revision: 7, days: 30, since: '2027-01-02T00:00:00.000Z' },
  ...{ deniedCount: 0, generality: 'exact', statements, narrower: true, replay, differences: null },
  actions: [
    { action: 'ToggleFlag', resourceType: 'flag', decisionCount: 41_200, kept: true },
    { action: 'DeleteFlag', resourceType: 'flag', decisionCount: 0, kept: false },
  ],
  ...more,
});
const suggest = (more: object = {}) => far.on('permissions.suggest', () => ({ data: suggestion(more) }));
const wouldRefuse = {
  replay: {
    ...replay,
    ...{ refusedCount: 12, uncertainCount: 3 },
    refused: [{ action: 'DeleteFlag', resource: 'project/shop', folded: false, decisionCount: 12 }],
  },
};

describe('latchkey token right-size', () => {
  it('shows narrower permissions and what the counted decisions would have been, and changes nothing', async () => {
    suggest();
    const { code, out, err } = await latchkey('--days', '2w', '--generality', 'last-key', '--output', 'table');
    expect(code).toBe(0);
    expect(called('permissions.suggest')).toEqual([{ tokenId: TOKEN_ID, days: 14, generality: 'last_key' }]);
    expect(far.calls).toHaveLength(1);
    expect(out).toMatch(/allow\s+ToggleFlag\s+project\/shop:env\/dev:flag\/a/);
    expect(err).toContain('0 of 41200 decisions would have been refused, counted since 2027-01-02.');
    expect(err).toContain('Actions that it would keep: 1 of 2.');
    suggest(wouldRefuse);
    const refusing = await latchkey('--output', 'table');
    expect(refusing.code).toBe(0);
    expect(refusing.err).toContain('12 of 41200 decisions would have been refused');
    expect(refusing.err).toContain('DeleteFlag on project/shop: 12');
  });

  it('is for programs the whole answer', async () => {
    suggest();
    const { code, out } = await latchkey('--output', 'json');
    expect([code, JSON.parse(out)]).toEqual([0, suggestion()]);
  });

  it('says where nothing was counted, and applies nothing then', async () => {
    suggest({ since: null, statements: [], narrower: false });
    const shown = await latchkey('--output', 'table');
    expect([shown.code, shown.err]).toEqual([0, expect.stringContaining('Nothing was counted in the last 30 days')]);
    const applied = await latchkey('--apply', '--yes', '--output', 'json');
    expect([applied.code, errorOf(applied)]).toMatchObject([1, { code: 'NOTHING_COUNTED' }]);
    suggest({ narrower: false });
    expect(errorOf(await latchkey('--apply', '--yes', '--output', 'json'))).toMatchObject({
      code: 'NOTHING_TO_NARROW',
    });
    expect(called('tokens.changePermissions')).toEqual([]);
  });

  it('--apply gives them to a personal token, as it was when they were counted', async () => {
    suggest();
    far.on('tokens.changePermissions', () => ({ data: { token: tokenView(), settled: true, settledMs: 3 } }));
    const { code, err } = await latchkey('--apply', '--yes', '--output', 'table');
    expect([code, err]).toEqual([0, expect.stringContaining('From now on it may do that and no more.')]);
    expect(called('tokens.changePermissions')).toEqual([
      { tokenId: TOKEN_ID, revision: 7, permissions: { type: 'statements', statements } },
    ]);
  });

  it('--apply asks first, and needs --yes where nobody can be asked', async () => {
    suggest();
    const unasked = await latchkey('--apply', '--output', 'json');
    expect([unasked.code, errorOf(unasked)]).toMatchObject([2, { code: 'CONFIRMATION_NEEDED' }]);
    const { code, text } = await runInTerminal(['token', 'right-size', TOKEN_ID, '--apply'], variables, {
      react: (screen, type) => {
        if (screen.endsWith('[yes/no] ')) type('no\n');
      },
    });
    expect(code).toBe(1);
    expect(text.indexOf('ToggleFlag')).toBeLessThan(text.indexOf('Give this token these permissions'));
    expect(called('tokens.changePermissions')).toEqual([]);
  });

  it('--apply breaks nothing that works unless it is told to', async () => {
    suggest(wouldRefuse);
    far.on('tokens.changePermissions', () => ({ data: { token: tokenView(), settled: true, settledMs: 3 } }));
    const refused = await latchkey('--apply', '--yes', '--output', 'json');
    expect([refused.code, errorOf(refused)]).toMatchObject([6, { code: 'WOULD_REFUSE' }]);
    expect(called('tokens.changePermissions')).toEqual([]);
    expect((await latchkey('--apply', '--yes', '--accept-refusals')).code).toBe(0);
    expect(called('tokens.changePermissions')).toHaveLength(1);
  });

  it('--apply issues another service token in the place of one, whose permissions never change', async () => {
    suggest({ kind: 'service' });
    const text = tokenText();
    far.on('tokens.clone', () => ({ data: { token: tokenView(), tokenText: text } }));
    const nameless = await latchkey('--apply', '--yes', '--output', 'json');
    expect([nameless.code, errorOf(nameless)]).toMatchObject([2, { code: 'NAME_MISSING' }]);
    const file = join(folder, 'secret');
    const { code, out, err } = await latchkey(
      ...['--apply', '--yes', '--name', 'deploy 2', '--save', file, '--output', 'table'],
    );
    expect([code, err]).toEqual([0, expect.stringContaining(`latchkey token revoke ${TOKEN_ID}`)]);
    expect(called('tokens.clone')).toEqual([
      { tokenId: TOKEN_ID, name: 'deploy 2', permissions: { type: 'statements', statements } },
    ]);
    expect(readFileSync(file, 'utf8').trim()).toBe(text);
    expect(out + err).not.toContain(text);
  });
});
