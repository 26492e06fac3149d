import { spawn } from 'node:child_process';
import { once } from 'node:events';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type FarSide, startFarSide } from './far-side.ts';
import { command, environment, run } from './latchkey-process.ts';
import { runInTerminal } from './pseudo-terminal.ts';
import { tokenText } from './token-text.ts';
import { TOKEN_ID, tokenView } from './token-views.ts';

const ESCAPE = '\u001b';
/** A color, a right-to-left override, a bell, a line break and an invisible character: what a name can do to a terminal. */
const HOSTILE = `deploy${ESCAPE}[31m\u202egnp.exe\u0007\n\u200b\u009b2J`;
/** What a terminal obeys instead of showing it; a line's end stands between lines. */
const OBEYED = /(?!\n)[\p{Cc}\p{Cf}]/u;
const SEEN = 'deploy\\u{001b}[31m\\u{202e}gnp.exe\\u{0007}\\n\\u{200b}\\u{009b}2J';

let far: FarSide;
let variables: Record<string, string>;
beforeAll(async () => {
  far = await startFarSide();
  variables = { LATCHKEY_URL: far.url, LATCHKEY_TOKEN: tokenText() };
  const items = [
    tokenView({ name: HOSTILE }),
    tokenView({ name: '日本のトークン', kind: 'service', status: 'revoked', lastUsedAt: null }),
  ];
  far.on('tokens.list', () => ({ data: { items, nextCursor: null } }));
});
afterAll(() => far.stop());

const list = ['token', 'list'];

describe('on a terminal', () => {
  it('is a table, with bold titles, local times and their zone', async () => {
    const { code, text } = await runInTerminal(list, variables);
    expect(code).toBe(0);
    const [titles, first, second] = text.trimEnd().split('\n');
    expect(titles?.replace(/ +/g, ' ')).toBe(
      `${ESCAPE}[1mID NAME KIND STATUS ISSUED BY CREATED LAST USED EXPIRES ENDS IN${ESCAPE}[22m`,
    );
    expect(first).toContain('2027-01-02 12:04 +09:00');
    expect(second).toMatch(/日本のトークン +service +revoked +Dana +2027-01-01 09:00 \+09:00 +never +never +wXyZ/);
    // A wide character takes two places: the columns behind the names stand below each other.
    const place = (line = '', word: string) => stringWidth(line.slice(0, line.indexOf(word)));
    expect(place(first, 'personal')).toBe(place(second, 'service'));
  });

  it('shows hostile names harmless', async () => {
    const { text } = await runInTerminal(list, variables, { columns: 300 });
    expect(text).toContain(SEEN);
    expect(text.replaceAll(`${ESCAPE}[1m`, '').replaceAll(`${ESCAPE}[22m`, '')).not.toMatch(OBEYED);
  });

  it('keeps to its width, cutting names and nothing else', async () => {
    const { text } = await runInTerminal(list, variables, { columns: 150 });
    const lines = text.trimEnd().split('\n').slice(1);
    expect(lines[0]).toMatch(new RegExp(`^${TOKEN_ID} {2}deploy.*…`));
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(150);
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('has no colors with %j', async (given) => {
    const { text } = await runInTerminal(list, { ...variables, ...given });
    expect(text).toContain('NAME');
    expect(text).not.toContain(ESCAPE);
  });

  it('reads JSON with the same safety, and colors errors alone', async () => {
    const { text } = await runInTerminal([...list, '--output', 'json'], variables);
    expect(text).not.toMatch(OBEYED);
    expect(JSON.parse(text)[0].name).toBe(HOSTILE);
    const failed = await runInTerminal(['token', 'get', TOKEN_ID], variables);
    expect([failed.code, failed.text]).toEqual([
      3,
      `${ESCAPE}[31mlatchkey${ESCAPE}[39m: There is no such thing here, or you may not see it. [NOT_FOUND]\n` +
        'What to do: latchkey token list and latchkey member list show what you may see.\n',
    ]);
  });
});

describe('in a pipe', () => {
  it('is JSON, whose strings a terminal would not obey, and parsed is what it was', async () => {
    const { code, out, err } = await run(list, variables);
    expect([code, err]).toEqual([0, '']);
    expect(out).not.toMatch(OBEYED);
    const tokens = JSON.parse(out);
    expect(tokens.map(({ name }: { name: string }) => name)).toEqual([HOSTILE, '日本のトークン']);
    expect(tokens[0].createdAt).toBe('2027-01-01T00:00:00.000Z');
  });

  it('is YAML where that is asked for, as safe', async () => {
    const { out } = await run([...list, '--output', 'yaml'], variables);
    expect(out).not.toMatch(OBEYED);
    expect(parse(out)).toEqual(JSON.parse((await run(list, variables)).out));
  });

  it('has no escape sequence, whatever the format', async () => {
    for (const output of ['table', 'json', 'yaml']) {
      const { out } = await run([...list, '--output', output], { ...variables, FORCE_COLOR: '1', TERM: 'xterm' });
      expect(out).not.toContain(ESCAPE);
    }
    const failed = await run(['token', 'get', TOKEN_ID, '--output', 'table'], { ...variables, FORCE_COLOR: '1' });
    expect(failed.err).toMatch(/^latchkey: There is no such thing here/);
  });

  it('says errors to a person where one is still there, and to a program where it asked for JSON', async () => {
    const get = ['token', 'get', TOKEN_ID];
    const piped = await runInTerminal(get, variables, { behind: '| cat' });
    expect(piped.text).toContain('latchkey');
    expect(piped.text).toContain('[NOT_FOUND]');
    const asked = await runInTerminal([...get, '--output', 'json'], variables);
    expect(JSON.parse(asked.text).error).toMatchObject({ code: 'NOT_FOUND', exitCode: 3 });
  });

  it('is quiet where the reader goes away', async () => {
    const items = Array.from({ length: 200 }, () => tokenView({ description: 'x'.repeat(500) }));
    let pages = 0;
    far.on('tokens.list', () => ({ data: { items, nextCursor: ++pages < 5 ? 'next' : null } }));
    const [program, ...rest] = command(list);
    const child = spawn(program, rest, { env: environment(variables) });
    let err = '';
    child.stderr.on('data', (chunk) => (err += chunk));
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = await once(child, 'close');
    expect([code, err]).toEqual([0, '']);
  });
});

describe('a list', () => {
  it('is read to its last page, and to its limit', async () => {
    const all = Array.from({ length: 450 }, (_, index) => tokenView({ name: `t${index}` }));
    far.on('tokens.list', ({ input }) => {
      const start = Number(input['cursor'] ?? 0);
      const end = start + Number(input['limit']);
      return { data: { items: all.slice(start, end), nextCursor: end < all.length ? String(end) : null } };
    });
    const before = far.calls.length;
    const names = async (...args: string[]) =>
      (JSON.parse((await run([...list, ...args], variables)).out) as { name: string }[]).map(({ name }) => name);
    expect(await names('--status', 'active')).toEqual(all.map(({ name }) => name));
    expect(far.calls.slice(before).map(({ input }) => input)).toEqual([
      { status: 'active', limit: 200 },
      { status: 'active', limit: 200, cursor: '200' },
      { status: 'active', limit: 200, cursor: '400' },
    ]);
    expect(await names('--limit', '250')).toHaveLength(250);
    expect(far.calls.at(-1)?.input).toEqual({ limit: 50, cursor: '200' });
  });
});

describe('questions', () => {
  it('asks before it revokes, with the last use, and takes no for an answer', async () => {
    far.on('tokens.get', () => ({ data: tokenView() }));
    far.on('tokens.revoke', () => ({ data: { token: tokenView({ status: 'revoked' }), settled: true, settledMs: 7 } }));
    const answering = (answer: string) => {
      let answered = false;
      return runInTerminal(['token', 'revoke', TOKEN_ID], variables, {
        react: (screen, type) => {
          if (answered || !screen.includes('[yes/no]')) return;
          answered = true;
          type(answer);
        },
      });
    };
    const revoked = () => far.calls.some(({ procedure }) => procedure === 'tokens.revoke');
    const declined = await answering('\n');
    expect([declined.code, revoked()]).toEqual([1, false]);
    expect(declined.text).toMatch(/Revoke “deploy” for good\? Last used: 2027-01-02 12:04 \+09:00/);
    const interrupted = await answering('\u0003');
    expect([interrupted.code, revoked()]).toEqual([130, false]);
    const agreed = await answering('yes\n');
    expect([agreed.code, revoked()]).toEqual([0, true]);
    expect(agreed.text).toContain('From now on no verification accepts it.');
  });

  it('needs no answer with --yes', async () => {
    expect((await run(['token', 'revoke', TOKEN_ID, '--yes', '--reason', 'done with'], variables)).code).toBe(0);
    expect(far.calls.at(-1)?.input).toEqual({ tokenId: TOKEN_ID, reason: 'done with' });
  });
});
