import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findChromium } from './chromium.ts';
import { findRedis, startRedis } from './redis.ts';

const parent = mkdtempSync(join(tmpdir(), 'latchkey-programs-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const folderWith = (...programs: readonly string[]) => {
  const folder = mkdtempSync(join(parent, 'path-'));
  for (const name of programs) {
    writeFileSync(join(folder, name), '#!/bin/sh\nexit 3\n');
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
};

describe('finding what tests need', () => {
  test('REDIS_URL goes before any program', () => {
    const PATH = folderWith('redis-server');
    expect(findRedis({ PATH, REDIS_URL: 'redis://elsewhere:6379' })).toEqual({ url: 'redis://elsewhere:6379' });
    expect(findRedis({ PATH })).toEqual({ program: join(PATH, 'redis-server') });
  });

  test('valkey-server stands in for redis-server, and nothing is found on an empty PATH', () => {
    const PATH = folderWith('valkey-server');
    expect(findRedis({ PATH })).toEqual({ program: join(PATH, 'valkey-server') });
    expect(findRedis({ PATH: folderWith() })).toBeUndefined();
  });

  test('a file that is not executable is no program', () => {
    const PATH = folderWith('redis-server');
    chmodSync(join(PATH, 'redis-server'), 0o644);
    expect(findRedis({ PATH })).toBeUndefined();
  });

  test('a Redis that ends at once is an error that says so', async () => {
    await expect(startRedis({ program: join(folderWith('redis-server'), 'redis-server') })).rejects.toThrow(
      /redis-server ended with 3/,
    );
  });

  test('a CHROMIUM_PATH that leads nowhere is not replaced by another browser', () => {
    const PATH = folderWith('chromium');
    expect(findChromium({ PATH, CHROMIUM_PATH: '/nowhere/chromium' })).toBeUndefined();
    expect(findChromium({ PATH })).toBe(join(PATH, 'chromium'));
  });
});
