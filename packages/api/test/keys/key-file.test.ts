import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { formatKeys, KeyFileRefused, parseKeys } from '@latchkey/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KEY_FILE, loadOrMakeKeys } from '../../src/keys/key-file.ts';
import { nodeCrypto } from '../../src/node-crypto.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the keys of the embedded default', () => {
  it('are made once, for their owner alone, and read again after that', async () => {
    const data = join(folder, 'not/there/yet');
    const first = await loadOrMakeKeys(data, nodeCrypto);
    expect(statSync(join(data, KEY_FILE)).mode & 0o777).toBe(0o600);
    expect(await loadOrMakeKeys(data, nodeCrypto)).toEqual(first);
    expect(readdirSync(data)).toEqual([KEY_FILE]);
    const all = [first.peppers, first.tagKeys, first.cursorKeys].map(([key]) => Buffer.from(key.bytes).toString('hex'));
    expect(new Set(all).size).toBe(3);
    for (const hex of all) expect(hex).toHaveLength(64);
  });

  it('are the same for all of several that start at once', async () => {
    const started = await Promise.all(Array.from({ length: 40 }, () => loadOrMakeKeys(folder, nodeCrypto)));
    for (const keys of started) expect(keys).toEqual(started[0]);
    expect(readdirSync(folder)).toEqual([KEY_FILE]);
  });

  it('are the same for processes of their own too', async () => {
    const go = new SharedArrayBuffer(4);
    const program = `
      const { workerData, parentPort } = require('node:worker_threads');
      import(workerData.file).then(async ({ loadOrMakeKeys }) => {
        const { nodeCrypto } = await import(workerData.crypto);
        parentPort.postMessage('ready');
        Atomics.wait(new Int32Array(workerData.go), 0, 0);
        const keys = await loadOrMakeKeys(workerData.folder, nodeCrypto);
        parentPort.postMessage(Buffer.from(keys.peppers[0].bytes).toString('hex'));
      });`;
    const file = new URL('../../src/keys/key-file.ts', import.meta.url).href;
    const crypto = new URL('../../src/node-crypto.ts', import.meta.url).href;
    const workers = Array.from({ length: 4 }, () => {
      const worker = new Worker(program, {
        eval: true,
        execArgv: ['--conditions=@latchkey/source'],
        workerData: { file, crypto, folder, go },
      });
      const messages: string[] = [];
      const ready = Promise.withResolvers<void>();
      const done = Promise.withResolvers<string>();
      worker.on('error', (error) => {
        ready.reject(error);
        done.reject(error);
      });
      worker.on('message', (message: string) => {
        messages.push(message);
        if (message === 'ready') ready.resolve();
        else done.resolve(message);
      });
      return { ready: ready.promise, done: done.promise };
    });
    await Promise.all(workers.map(({ ready }) => ready));
    Atomics.store(new Int32Array(go), 0, 1);
    Atomics.notify(new Int32Array(go), 0);
    const peppers = await Promise.all(workers.map(({ done }) => done));
    expect(new Set(peppers).size).toBe(1);
  });

  it('are refused where others may read them, and are not replaced where they can not be read', async () => {
    await loadOrMakeKeys(folder, nodeCrypto);
    const path = join(folder, KEY_FILE);
    chmodSync(path, 0o644);
    await expect(loadOrMakeKeys(folder, nodeCrypto)).rejects.toThrow(/chmod 600/);
    chmodSync(path, 0o600);
    for (const broken of ['', '{', 'null', '{}', '{"peppers":"p:short","tagKeys":"","cursorKeys":""}']) {
      writeFileSync(path, broken);
      const refused = await loadOrMakeKeys(folder, nodeCrypto).catch((error: unknown) => error);
      expect(refused, broken).toBeInstanceOf(KeyFileRefused);
      expect(readFileSync(path, 'utf8')).toBe(broken);
    }
  });

  it('a refusal does not repeat what may be most of a key', async () => {
    const path = join(folder, KEY_FILE);
    writeFileSync(path, JSON.stringify({ peppers: 'pepper-1:c2VjcmV0LWNhbmFyeQ', tagKeys: '', cursorKeys: '' }), {
      mode: 0o600,
    });
    const refused = await loadOrMakeKeys(folder, nodeCrypto).catch((error: Error) => error.message);
    expect(refused).toContain('peppers');
    expect(refused).not.toContain('c2VjcmV0');
  });
});

describe('keys in a variable', () => {
  const key = Buffer.alloc(32, 7).toString('base64url');
  const parse = (text: string) => {
    const parsed = parseKeys(text);
    return parsed.ok ? parsed.keys.map(({ id }) => id) : parsed.because;
  };

  it.each([
    [`a:${key}`, ['a']],
    [` new:${key} , old:${key}= `, ['new', 'old']],
    ['', 'empty'],
    ['a', 'shape'],
    [`a:${key},`, 'shape'],
    [`:${key}`, 'shape'],
    [`a b:${key}`, 'shape'],
    [`a:${key.slice(0, 40)}+/`, 'shape'],
    [`a:${key.slice(0, 41)}`, 'too_short'],
    [`a:${key},a:${key}`, 'repeated_id'],
  ] as const)('%j', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it('come back as they were written', () => {
    const text = `a:${key},b:${Buffer.alloc(48, 9).toString('base64url')}`;
    const parsed = parseKeys(text);
    expect(parsed.ok && formatKeys(parsed.keys)).toBe(text);
  });
});
