import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FarSide, startFarSide } from './far-side.ts';
import { errorOf, run } from './latchkey-process.ts';
import { runInTerminal } from './pseudo-terminal.ts';
import { secretOf, tokenText } from './token-text.ts';
import { rotatedView, TOKEN_ID, tokenView } from './token-views.ts';

let far: FarSide;
let variables: Record<string, string>;
let folder: string;
const TOKEN = tokenText();
const REVEALED = tokenText();
beforeAll(async () => {
  far = await startFarSide();
  variables = { LATCHKEY_URL: far.url, LATCHKEY_TOKEN: TOKEN };
  far.on('tokens.rotate', () => ({ data: { token: rotatedView(), tokenText: REVEALED } }));
  far.on('tokens.issue', () => ({ data: { token: tokenView(), tokenText: REVEALED } }));
});
afterAll(() => far.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rotate = ['token', 'rotate', TOKEN_ID];
const modeOf = (path: string) => statSync(path).mode & 0o777;

const pipeIn = (folder: string): string => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
};

const linkIn = (folder: string): string => {
  const path = join(folder, 'link');
  writeFileSync(join(folder, 'theirs'), 'precious');
  symlinkSync(join(folder, 'theirs'), path);
  return path;
};

describe('a secret is never an argument', () => {
  it.each([
    [['token', 'rename', TOKEN_ID, TOKEN]],
    [['verify', TOKEN]],
    [['whoami', '--url', `https://latchkey.example/?token=${TOKEN}`]],
    [['login', `--file=${TOKEN}`]],
    [['token', 'revoke', TOKEN.toUpperCase(), '--yes']],
  ])('refuses one, says why, and does not repeat it: %#', async (args) => {
    const before = far.calls.length;
    const failed = await run(args, variables);
    expect([failed.code, errorOf(failed).code, failed.out]).toEqual([2, 'TOKEN_IN_ARGUMENT', '']);
    expect(errorOf(failed).message).toContain('process lists');
    expect(failed.err.toLowerCase()).not.toContain(secretOf(TOKEN).toLowerCase());
    expect(far.calls.length).toBe(before);
  });

  it('takes the id out of a token whose secret was redacted', async () => {
    far.on('tokens.get', () => ({ data: tokenView() }));
    expect((await run(['token', 'get', `lk_pat_${TOKEN_ID}_[redacted]`], variables)).code).toBe(0);
    expect(far.calls.at(-1)?.input).toEqual({ tokenId: TOKEN_ID });
  });

  it('is not in the command line of any process, nor in the environment of a command that is started', async () => {
    const witness = join(folder, 'witness.mjs');
    const seen = join(folder, 'seen');
    writeFileSync(
      witness,
      `import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
const read = (path) => { try { return readFileSync(path, 'utf8'); } catch { return ''; } };
const lines = readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).map((pid) => read('/proc/' + pid + '/cmdline'));
const given = readFileSync(0, 'utf8');
writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ lines, own: read('/proc/self/environ'), shell: read('/proc/' + process.ppid + '/environ'), given }));`,
    );
    const done = await run([...rotate, '--save-to', `${process.execPath} ${witness}`], {
      ...variables,
      LATCHKEY_VERIFIER_CREDENTIAL: tokenText('system'),
    });
    expect(done.code).toBe(0);
    const { lines, own, given } = JSON.parse(readFileSync(seen, 'utf8')) as {
      lines: string[];
      own: string;
      given: string;
    };
    expect(given).toBe(`${REVEALED}\n`);
    // Tests of other files may be rotating at the same moment: this one is known by its witness.
    const ours = lines.filter((line) => line.includes('rotate') && line.includes(witness));
    expect(ours).toHaveLength(1);
    for (const secret of [secretOf(TOKEN), secretOf(REVEALED)]) {
      expect(lines.join('\n')).not.toContain(secret);
      expect(own).not.toContain(secret);
    }
    expect(own).toContain('LATCHKEY_URL=');
    expect(own).not.toMatch(/LATCHKEY_(?:TOKEN|VERIFIER_CREDENTIAL)=/);
    expect(done.out + done.err).not.toContain(secretOf(REVEALED));
  });
});

describe('a new secret', () => {
  it('is printed to a pipe, once', async () => {
    const { code, out, err } = await run(rotate, variables);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toEqual({ token: rotatedView(), tokenText: REVEALED });
    expect(out.split(secretOf(REVEALED))).toHaveLength(2);
  });

  it('is not asked for at all where it would land on a terminal', async () => {
    const before = far.calls.length;
    const { code, text } = await runInTerminal(rotate, variables);
    expect(code).toBe(2);
    expect(text).toContain('SECRET_NEEDS_PLACE');
    expect(far.calls.length).toBe(before);
  });

  it('is shown on a terminal with --show', async () => {
    const { code, text } = await runInTerminal([...rotate, '--show'], variables);
    expect(code).toBe(0);
    expect(text).toContain(REVEALED);
  });

  it('is saved in a file of mode 0600, and nowhere else', async () => {
    const path = join(folder, 'token');
    writeFileSync(path, 'what was there before', { mode: 0o644 });
    const { code, out, err } = await run([...rotate, '--save', path], variables);
    expect([code, err]).toEqual([0, '']);
    expect(readFileSync(path, 'utf8')).toBe(`${REVEALED}\n`);
    expect(modeOf(path)).toBe(0o600);
    expect(out).not.toContain(secretOf(REVEALED));
    expect(readdirSync(folder)).toEqual(['token']);
  });

  it('replaces the line of an env file, and keeps every other line and the mode', async () => {
    const path = join(folder, '.env');
    const linked = join(folder, 'linked.env');
    writeFileSync(path, '# mine\nFLAGS_URL=https://flags.example\nexport FLAGS_TOKEN="older"\r\n\nLAST=1');
    chmodSync(path, 0o640);
    symlinkSync(path, linked);
    expect((await run([...rotate, '--save', linked, '--env', 'FLAGS_TOKEN'], variables)).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(
      `# mine\nFLAGS_URL=https://flags.example\nexport FLAGS_TOKEN=${REVEALED}\r\n\nLAST=1`,
    );
    expect(modeOf(path)).toBe(0o640);
    expect((await run([...rotate, '--save', path, '--env', 'OTHER'], variables)).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`LAST=1\\r?\\nOTHER=${REVEALED}\\r?\\n$`));
    const fresh = join(folder, 'fresh.env');
    expect((await run([...rotate, '--save', fresh, '--env', 'OTHER'], variables)).code).toBe(0);
    expect([readFileSync(fresh, 'utf8'), modeOf(fresh)]).toEqual([`OTHER=${REVEALED}\n`, 0o600]);
    expect(readdirSync(folder).sort()).toEqual(['.env', 'fresh.env', 'linked.env']);
  });

  it.each([
    ['a folder that does not exist', () => join(folder, 'missing', 'token'), 'FILE_UNWRITABLE'],
    ['a folder', () => folder, 'FILE_NOT_PLAIN'],
    ['a link to somebody’s file', () => linkIn(folder), 'FILE_NOT_PLAIN'],
    // A pipe of its own stands for every device: were this to fail as root, a real one would be gone for the whole machine.
    ['what is no plain file', () => pipeIn(folder), 'FILE_NOT_PLAIN'],
  ])('is not asked for where it can not be saved: %s', async (_, path, code) => {
    const before = far.calls.length;
    const failed = await run([...rotate, '--save', path()], variables);
    expect([failed.code, errorOf(failed).code]).toEqual([1, code]);
    expect(far.calls.length).toBe(before);
  });

  it('leaves no file behind where it was refused, and the one that was there as it was', async () => {
    const path = join(folder, 'token');
    writeFileSync(path, 'present');
    const elsewhere = await startFarSide();
    const failed = await run([...rotate, '--save', path], { ...variables, LATCHKEY_URL: elsewhere.url });
    await elsewhere.stop();
    expect([failed.code, errorOf(failed).code]).toEqual([3, 'NOT_FOUND']);
    expect([readdirSync(folder), readFileSync(path, 'utf8')]).toEqual([['token'], 'present']);
  });

  it('says that it is lost where the command fails that was to take it, and what to do', async () => {
    const failed = await run([...rotate, '--save-to', 'exit 7'], variables);
    expect(failed).toMatchObject({ code: 1, out: '' });
    const error = errorOf(failed);
    expect(error.code).toBe('SECRET_NOT_KEPT');
    expect(error.message).toContain(TOKEN_ID);
    expect(error.hint).toContain('--cut-older');
    expect(failed.err).not.toContain(secretOf(REVEALED));
  });

  it('puts what the command says to standard error: standard output is for data', async () => {
    const done = await run([...rotate, '--save-to', 'cat > /dev/null; echo hello from the vault'], variables);
    expect(done.code).toBe(0);
    expect(done.err).toContain('hello from the vault');
    expect(JSON.parse(done.out)).toEqual({ token: rotatedView() });
  });

  it('is issued with what was asked for', async () => {
    const statements = join(folder, 'statements.json');
    writeFileSync(statements, '[{"effect":"allow","actions":["ReadFlag"],"resources":["project/*"]}]');
    const issue = async (...args: string[]) => {
      expect((await run(['token', 'issue', 'ci', ...args], variables)).code).toBe(0);
      return far.calls.at(-1)?.input;
    };
    expect(await issue()).toEqual({ name: 'ci', kind: 'personal' });
    expect(await issue('--manage-tokens')).toMatchObject({ permissions: { type: 'inherit', manageTokens: true } });
    expect(await issue('--kind', 'service', '--ability', 'full-access', '--within', 'shop')).toEqual({
      name: 'ci',
      kind: 'service',
      permissions: { type: 'ability', ability: 'full_access', project: 'shop' },
    });
    expect(await issue('--policy', 'a', 'b', '--address', '192.0.2.0/24', '2001:db8::/32')).toMatchObject({
      permissions: { type: 'policies', policyIds: ['a', 'b'] },
      addressRanges: ['192.0.2.0/24', '2001:db8::/32'],
    });
    expect(await issue('--statements', statements, '--expires', '2027-01-01T09:00:00+09:00')).toMatchObject({
      permissions: { type: 'statements', statements: [{ effect: 'allow' }] },
      expiresAt: '2027-01-01T00:00:00.000Z',
    });
    writeFileSync(statements, '{"effect":"allow"}');
    const failed = await run(['token', 'issue', 'ci', '--statements', statements], variables);
    expect([failed.code, errorOf(failed).code]).toEqual([2, 'STATEMENTS_INVALID']);
    expect(existsSync(join(folder, 'token'))).toBe(false);
  });
});
