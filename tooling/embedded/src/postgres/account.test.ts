import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { chooseAccount } from './account.ts';

const parent = mkdtempSync(join(tmpdir(), 'latchkey-account-'));
chmodSync(parent, 0o755);
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** A program that asks access(2) whether it may be run, as initdb asks for `postgres`, and says who it runs as. */
const plant = (mode: number) => {
  const folder = join(parent, mode.toString(8));
  mkdirSync(folder, { mode });
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\ntest -x "$0" && id -u\n', { mode: 0o755 });
  return program;
};

describe.runIf(process.getuid?.() === 0)('PostgreSQL of root', () => {
  test.each([0o755, 0o700])('runs as somebody else and can reach its programs in a folder of mode %o', (mode) => {
    const program = plant(mode);
    const account = chooseAccount([program]);
    const [command, args, options] = account.command(program, []);
    const { stdout, stderr } = spawnSync(command, args, { ...options, encoding: 'utf8' });
    expect([stderr, Number(stdout.trim())]).toEqual(['', account.owner?.uid]);
    expect(account.owner?.uid).not.toBe(0);
  });
});
