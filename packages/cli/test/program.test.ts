import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));
const TOKEN = `lk_pat_3fK0aZ81bQ7rTx2m_${'s'.repeat(49)}`;

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((done) => {
    const child = execFile(
      process.execPath,
      ['--conditions=@latchkey/source', bin, ...args],
      { env: { PATH: process.env['PATH'] ?? '', ...env } },
      (_, out, err) => done({ code: child.exitCode ?? -1, out, err }),
    );
  });

let status = 200;
const far = createServer((request, response) => {
  const body =
    status === 200
      ? { result: { data: { presented: request.headers.authorization, path: request.url } } }
      : { error: { code: -1, message: 'Refused.', data: { code: 'SOME_CODE', httpStatus: status } } };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((listening) => far.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(far.address() as AddressInfo).port}`;
});
afterAll(() => new Promise<void>((stopped) => far.close(() => stopped()).closeAllConnections()));

describe('latchkey', () => {
  it('says what it can do, with an example, and exits 0', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/whoami[\s\S]*Example:/);
  });

  it('exits 2 on a command that does not exist', async () => {
    expect(await run(['frobnicate'])).toMatchObject({ code: 2, out: '' });
  });

  it('exits 4 and says what to set where there is no token', async () => {
    expect(await run(['whoami', '--url', url])).toEqual({
      code: 4,
      out: '',
      err: 'latchkey: Set LATCHKEY_TOKEN to your access token.\n',
    });
  });

  it('presents the token of the environment and writes data to stdout alone', async () => {
    const { code, out, err } = await run(['--url', url, 'whoami'], { LATCHKEY_TOKEN: TOKEN });
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toEqual({ presented: `Bearer ${TOKEN}`, path: '/trpc/self.whoami' });
  });

  it.each([
    [401, 4],
    [403, 5],
    [404, 3],
    [409, 6],
    [503, 1],
  ])('turns HTTP %i into exit %i, naming the code and nothing that was presented', async (httpStatus, exit) => {
    status = httpStatus;
    const { code, out, err } = await run(['whoami'], { LATCHKEY_URL: url, LATCHKEY_TOKEN: TOKEN });
    status = 200;
    expect([code, out, err]).toEqual([exit, '', 'latchkey: SOME_CODE: Refused.\n']);
  });

  it('exits 1 where nobody answers', async () => {
    const env = { LATCHKEY_URL: 'http://127.0.0.1:1', LATCHKEY_TOKEN: TOKEN };
    expect(await run(['whoami'], env)).toMatchObject({ code: 1, err: 'latchkey: Latchkey could not be reached.\n' });
  });
});
