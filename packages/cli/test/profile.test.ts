import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FarSide, startFarSide } from './far-side.ts';
import { errorOf, run } from './latchkey-process.ts';
import { runInTerminal } from './pseudo-terminal.ts';
import { secretOf, tokenText } from './token-text.ts';
import { whoamiView } from './token-views.ts';

let far: FarSide;
let home: string;
let variables: Record<string, string>;
const TOKEN = tokenText();
beforeAll(async () => {
  far = await startFarSide();
  far.on('self.whoami', () => ({ data: whoamiView() }));
  far.on('verify.verify', () => ({ data: { accepted: false, status: 401 } }));
});
afterAll(() => far.stop());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'latchkey-cli-'));
  variables = { HOME: home };
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const profiles = () => join(home, '.config', 'latchkey');
const read = (name: string) => JSON.parse(readFileSync(join(profiles(), `${name}.json`), 'utf8'));
const login = (args: readonly string[], input: string, more = {}) =>
  run(['login', ...args], { ...variables, ...more }, { input });
const presented = () => far.calls.at(-1)?.headers['authorization'];

describe('login', () => {
  it('takes a token from standard input, asks whose it is, and keeps it for its owner alone', async () => {
    const done = await login(['--url', `${far.url}/`, '--output', 'table'], `${TOKEN}\n`);
    expect(done).toEqual({
      code: 0,
      out: '',
      err: `Signed in as deploy of Acme, at ${far.url}. Kept in profile default.\n`,
    });
    expect(read('default')).toEqual({ url: far.url, token: TOKEN });
    expect(statSync(join(profiles(), 'default.json')).mode & 0o777).toBe(0o600);
    expect(statSync(profiles()).mode & 0o777).toBe(0o700);
    expect(readdirSync(profiles())).toEqual(['default.json']);
    expect((await run(['whoami'], variables)).code).toBe(0);
    expect(presented()).toBe(`Bearer ${TOKEN}`);
  });

  it('takes it from a file or a hidden prompt, and shows none of it', async () => {
    const file = join(home, 'token.txt');
    writeFileSync(file, `${TOKEN}\n`);
    expect((await login(['--url', far.url, '--file', file, '--profile', 'by-file'], '')).code).toBe(0);
    expect(read('by-file').token).toBe(TOKEN);
    let typed = false;
    const { code, text } = await runInTerminal(['login', '--url', far.url, '--profile', 'by-hand'], variables, {
      react: (screen, type) => {
        if (typed || !screen.includes('not shown')) return;
        typed = true;
        type(`x\u007f${TOKEN}\r`);
      },
    });
    expect([code, read('by-hand').token]).toEqual([0, TOKEN]);
    expect(text).not.toContain(secretOf(TOKEN).slice(0, 10));
  });

  it('ends at the prompt by Ctrl-C, and keeps nothing', async () => {
    let typed = false;
    const { code } = await runInTerminal(['login', '--url', far.url], variables, {
      react: (screen, type) => {
        if (typed || !screen.includes('not shown')) return;
        typed = true;
        type('\u0003');
      },
    });
    expect(code).toBe(130);
    expect(() => read('default')).toThrow();
  });

  it('keeps a verifier credential beside the token', async () => {
    const credential = tokenText('system');
    await login(['--url', far.url], TOKEN);
    expect((await login(['--url', far.url], credential)).code).toBe(0);
    expect(read('default')).toEqual({ url: far.url, token: TOKEN, verifierCredential: credential });
    expect((await run(['verify'], variables, { input: 'anything' })).code).toBe(5);
    expect(presented()).toBe(`Bearer ${credential}`);
  });

  it.each([
    ['no token', 'hello', 'TOKEN_MALFORMED'],
    ['a typing error', `${TOKEN.slice(0, -1)}${TOKEN.endsWith('A') ? 'B' : 'A'}`, 'TOKEN_MALFORMED'],
  ])('keeps nothing of %s, and asks nobody', async (_, input, code) => {
    const before = far.calls.length;
    const failed = await login(['--url', far.url], input);
    expect([failed.code, errorOf(failed).code]).toEqual([4, code]);
    expect([far.calls.length, () => read('default')]).toEqual([before, expect.any(Function)]);
    expect(() => read('default')).toThrow();
  });

  it('keeps nothing that Latchkey refuses', async () => {
    const elsewhere = await startFarSide();
    elsewhere.on('self.whoami', () => ({ refuse: { code: 'UNAUTHORIZED', httpStatus: 401 } }));
    const failed = await login(['--url', elsewhere.url], TOKEN);
    await elsewhere.stop();
    expect([failed.code, errorOf(failed).code]).toEqual([4, 'UNAUTHORIZED']);
    expect(() => read('default')).toThrow();
  });
});

describe('logout', () => {
  it('forgets the profile, and says that the token goes on', async () => {
    await login(['--url', far.url], TOKEN);
    const done = await run(['logout', '--output', 'table'], variables);
    expect([done.code, done.err]).toEqual([0, expect.stringContaining('goes on until it expires or is revoked')]);
    expect(readdirSync(profiles())).toEqual([]);
    expect((await run(['whoami'], variables)).code).toBe(4);
    expect((await run(['logout'], variables)).code).toBe(0);
  });
});

describe('a profile', () => {
  it.each([0o640, 0o604, 0o660])('that others can read is refused: %o', async (mode) => {
    await login(['--url', far.url], TOKEN);
    const before = far.calls.length;
    chmodSync(join(profiles(), 'default.json'), mode);
    const failed = await run(['whoami'], variables);
    expect([failed.code, errorOf(failed).code]).toEqual([4, 'PROFILE_EXPOSED']);
    expect(errorOf(failed).hint).toContain('chmod 600');
    expect(far.calls.length).toBe(before);
  });

  it('that can not be understood is refused without being quoted', async () => {
    mkdirSync(profiles(), { recursive: true });
    writeFileSync(join(profiles(), 'default.json'), `{"url":"${far.url}","token":${TOKEN}}`, { mode: 0o600 });
    const failed = await run(['whoami'], variables);
    expect([failed.code, errorOf(failed).code]).toEqual([4, 'PROFILE_UNREADABLE']);
    expect(failed.err).not.toContain(secretOf(TOKEN).slice(0, 8));
  });

  it('gives its credential to the address that it is for, and to no other', async () => {
    await login(['--url', far.url], TOKEN);
    const elsewhere = await startFarSide();
    for (const failed of [
      await run(['whoami', '--url', elsewhere.url], variables),
      await run(['whoami'], { ...variables, LATCHKEY_URL: elsewhere.url }),
    ]) {
      expect([failed.code, errorOf(failed).code]).toEqual([4, 'TOKEN_OF_ANOTHER_URL']);
    }
    expect(elsewhere.calls).toEqual([]);
    await elsewhere.stop();
  });

  it('gives way to the environment, and the environment to flags', async () => {
    const other = tokenText();
    await login(['--url', far.url], TOKEN);
    await login(['--url', far.url, '--profile', 'second'], other);
    await run(['whoami'], { ...variables, LATCHKEY_PROFILE: 'second' });
    expect(presented()).toBe(`Bearer ${other}`);
    await run(['whoami', '--profile', 'default'], { ...variables, LATCHKEY_PROFILE: 'second' });
    expect(presented()).toBe(`Bearer ${TOKEN}`);
    const third = tokenText('service');
    await run(['whoami'], { ...variables, LATCHKEY_TOKEN: third });
    expect(presented()).toBe(`Bearer ${third}`);
    const file = join(home, 'token');
    writeFileSync(file, `${other}\n`);
    await run(['whoami'], { ...variables, LATCHKEY_TOKEN_FILE: file });
    expect(presented()).toBe(`Bearer ${other}`);
  });

  it('lives where XDG says', async () => {
    const folder = join(home, 'elsewhere');
    await login(['--url', far.url], TOKEN, { XDG_CONFIG_HOME: folder });
    expect(readdirSync(join(folder, 'latchkey'))).toEqual(['default.json']);
    expect((await run(['whoami'], { ...variables, XDG_CONFIG_HOME: 'relative' })).code).toBe(4);
  });
});
