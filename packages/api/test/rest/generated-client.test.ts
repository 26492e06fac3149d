import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

const here = join(import.meta.dirname, '../../test-output');
const generator = join(import.meta.dirname, '../../../../tooling/openapi/src/generate.ts');
const { resolve } = createRequire(import.meta.url);

/** What somebody writes who has nothing of Latchkey but its OpenAPI document. */
const PROGRAM = `
import createClient from 'openapi-fetch';
import type { paths } from './latchkey.ts';

const [baseUrl = '', token = ''] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { authorization: \`Bearer \${token}\` } });
const said: unknown[] = [];

const issued = await client.POST('/tokens', { body: { name: 'by a generated client' } });
if (issued.data === undefined) throw new Error(JSON.stringify(issued.error));
const { tokenId, status } = issued.data.data.token;
said.push(issued.data.data.tokenText.startsWith('lk_pat_'), status);

const listed = await client.GET('/tokens', { params: { query: { nameContains: 'generated', limit: 5 } } });
said.push(listed.data?.data.items.map((item) => item.name));

const path = { tokenId };
const rotated = await client.POST('/tokens/{tokenId}/rotate', { params: { path }, body: { graceMs: 0 } });
said.push(rotated.data?.data.token.secrets.map((secret) => secret.number));
const revoked = await client.POST('/tokens/{tokenId}/revoke', { params: { path }, body: { reason: 'done' } });
said.push(revoked.data?.data.token.status);

const missing = await client.GET('/tokens/{tokenId}', { params: { path: { tokenId: 'zzzzzzzzzzzzzzzz' } } });
said.push(missing.response.status, missing.error);
console.log(JSON.stringify(said));
`;

describe('a client that is generated from the OpenAPI document', () => {
  let installation: Installation;
  let http: HttpServer;
  let folder: string;
  beforeAll(async () => {
    installation = await openInstallation();
    http = await serveHttp(installation.deps);
    mkdirSync(here, { recursive: true });
    folder = mkdtempSync(join(here, 'generated-client-'));
    const input = await (await fetch(`${http.url}/api/v1/openapi.json`)).text();
    const { stdout, stderr, status } = spawnSync(process.execPath, [generator], { input, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    writeFileSync(join(folder, 'latchkey.ts'), stdout);
    const config = { extends: '@latchkey/tsconfig/base.json', include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  }, 60_000);
  afterAll(async () => {
    await http?.close();
    await installation?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const check = (program: string) => {
    writeFileSync(join(folder, 'program.ts'), program);
    const compiler = join(resolve('typescript/package.json'), '../bin/tsc');
    return spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });
  };

  it('type-checks, works against a real server, and does not type-check where it is wrong', async () => {
    const { stdout: problems, status } = check(PROGRAM);
    expect([problems, status]).toEqual(['', 0]);
    const dana = await installation.member('acme', 'dana');
    const permissions = { type: 'inherit', manageTokens: true } as const;
    const { tokenText } = await dana.tokens.issue({ name: 'of the program', permissions });
    const args = [join(folder, 'program.ts'), `${http.url}/api/v1`, tokenText];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(JSON.parse(stdout)).toEqual([
      true,
      'active',
      ['by a generated client'],
      [2],
      'revoked',
      404,
      { success: false, errors: ['NOT_FOUND'], data: null },
    ]);
    for (const [right, wrong] of [
      ["name: 'by a", "nam: 'by a"],
      ['limit: 5', "limit: 'five'"],
      ['item.name', 'item.digest'],
      ['/rotate', '/rotated'],
    ] as const) {
      expect(PROGRAM).toContain(right);
      expect(check(PROGRAM.replace(right, wrong)).stdout, wrong).toContain('program.ts');
    }
  }, 60_000);
});
