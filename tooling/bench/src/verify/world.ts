import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeCrypto } from '@latchkey/api/server';
import { createApi, type LatchkeyApi } from '@latchkey/client';
import type { Key } from '@latchkey/core';
import { digestSubjectOf } from '@latchkey/core/token';
import { createDatabase, findFreePort, startPostgres } from '@latchkey/embedded';
import { openStore } from '@latchkey/store';
import pg from 'pg';
import { type Keys, multiply, type Template } from './bulk-tokens.ts';
import { runServerCommand, startServer } from './programs.ts';

export type World = Awaited<ReturnType<typeof startWorld>>;

/** To fill a memory with a million tokens takes longer than the five minutes for which it remembers by default. */
export const AGE_SECONDS = 7_200;

/** Where callers stand, what the tokens may do, and what is asked of them. */
export const ORIGIN = { address: '192.0.2.7', client: 'bench' } as const;
export const REQUEST = { action: 'ToggleFlag', resource: 'project/shop:env/prod:flag/checkout' } as const;

/**
 * One PostgreSQL of its own, the demo's organizations in it, and a server beside it. Durable, commits are flushed to disk as
 * in production; otherwise not, which is to the advantage of whoever writes at each verification.
 */
export const startWorld = async ({ durable }: { readonly durable: boolean }) => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const stops: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const postgres = await startPostgres({
      maxConnections: 200,
      ...(durable ? { dataDir: join(folder, 'postgres') } : {}),
    });
    stops.push(() => postgres.stop());
    const { url: adminUrl } = await createDatabase(postgres.url);
    const keys: Keys = { peppers: [newKey('pepper')], tagKeys: [newKey('tag')] };
    const roles = { LATCHKEY_API_DB_PASSWORD: 'api-of-the-bench', LATCHKEY_WORKER_DB_PASSWORD: 'worker-of-the-bench' };
    const urlOf = (role: 'api' | 'worker'): string => {
      const url = new URL(adminUrl);
      url.username = `latchkey_${role}`;
      url.password = `${role}-of-the-bench`;
      return url.href;
    };
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      DATABASE_URL: urlOf('api'),
      LATCHKEY_DATA_DIR: folder,
      LATCHKEY_DEMO: 'on',
      LATCHKEY_PEPPERS: write(keys.peppers[0]),
      LATCHKEY_TAG_KEYS: write(keys.tagKeys[0]),
      LATCHKEY_CURSOR_KEYS: write(newKey('cursor')),
      LATCHKEY_PUBLIC_URL: url,
      LATCHKEY_VERIFIER_AGE_SECONDS: String(AGE_SECONDS),
    };
    await runServerCommand(['migrate'], { ...env, ...roles, DATABASE_ADMIN_URL: adminUrl });
    await runServerCommand(['init', '--demo', '--json'], env);
    const file = join(folder, 'verifier');
    await runServerCommand(['credential', 'verifier', '--name', 'bench', '--save', file], env);
    const server = await startServer(env, url);
    stops.push(() => server.stop());
    const pool = new pg.Pool({ connectionString: adminUrl, max: 2 });
    stops.push(() => pool.end());

    const signIn = async (organization: string, member: string): Promise<LatchkeyApi> => {
      const args = ['sign-in-link', '--organization', organization, '--member', member, '--json'];
      const link = JSON.parse(await runServerCommand(args, env)) as { readonly url: string };
      const answer = await fetch(link.url, { redirect: 'manual' });
      const cookie = (answer.headers.getSetCookie()[0] ?? '').split(';', 1)[0] ?? '';
      const send: typeof fetch = (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set('cookie', cookie);
        headers.set('origin', url);
        return fetch(input, { ...init, headers });
      };
      return createApi({ url, credential: null, fetch: send, timeoutMs: 60_000 });
    };
    const templateOf = async (tokenId: string, organizationId = 'acme'): Promise<Template> => {
      const store = await openStore({ url: adminUrl, applicationName: 'bench', poolMax: 1 });
      const token = await store.tokens.find(organizationId, tokenId);
      await store.close();
      if (token === null) throw new Error('the template is not there');
      return { tokenId, subject: digestSubjectOf(nodeCrypto, token) };
    };
    return {
      nodeSetting: { databaseUrl: urlOf('api'), url, keys },
      ...{ folder, adminUrl, urlOf, url, env, keys, pool, server, signIn, templateOf, stop },
      credential: readFileSync(file, 'utf8').trim(),
      multiply: (template: Template, count: number) => multiply(pool, keys, template, count),
      atEnd: (work: () => Promise<unknown>) => void stops.push(work),
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const newKey = (id: string): Key => ({ id, bytes: new Uint8Array(randomBytes(32)) });
const write = ({ id, bytes }: Key): string => `${id}:${Buffer.from(bytes).toString('base64url')}`;
