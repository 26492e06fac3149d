import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { identifyProcess } from '../process/identity.mjs';
import { takeLock, waitForLock } from '../process/lock.mjs';

const parent = mkdtempSync(join(tmpdir(), 'latchkey-lock-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const run = (program: string, ...args: string[]) =>
  spawn(process.execPath, [join(import.meta.dirname, program), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
const says = async (child: ChildProcess) => String((await once(child.stdout ?? child, 'data'))[0]);
const kill = async (child: ChildProcess) => {
  child.kill('SIGKILL');
  await once(child, 'exit');
};

describe('a lock between processes', () => {
  test('has one holder, tells who that is, and is free after its release', () => {
    const path = join(parent, 'one');
    const first = takeLock(path, { url: 'http://127.0.0.1:4000' });
    if (!first.taken) throw new Error('not taken');
    expect(takeLock(path)).toMatchObject({
      taken: false,
      holder: { pid: process.pid, note: { url: 'http://127.0.0.1:4000' } },
    });
    first.update({ url: 'http://127.0.0.1:4001' });
    expect(takeLock(path)).toMatchObject({ taken: false, holder: { note: { url: 'http://127.0.0.1:4001' } } });
    first.release();
    expect(takeLock(path).taken).toBe(true);
  });

  test('of a killed holder is taken over; a living one keeps it', async () => {
    const path = join(parent, 'killed');
    const holder = run('lock-holder.mjs', path);
    expect(await says(holder)).toBe('taken');
    expect(takeLock(path).taken).toBe(false);
    await kill(holder);
    expect(takeLock(path).taken).toBe(true);
  });

  test('of a process id that belongs to somebody else by now is taken over', () => {
    const path = join(parent, 'reused');
    writeFileSync(path, JSON.stringify({ pid: process.ppid, startedAt: 'another boot:1', nonce: 'old', note: {} }));
    expect(takeLock(path).taken).toBe(true);
  });

  test('that can not be read is taken over', () => {
    const path = join(parent, 'garbage');
    writeFileSync(path, '');
    expect(takeLock(path).taken).toBe(true);
  });

  test('of a dead holder goes to exactly one of many who want it at the same instant', async () => {
    for (const round of [1, 2, 3]) {
      const path = join(parent, `race-${round}`);
      const holder = run('lock-holder.mjs', path);
      await says(holder);
      await kill(holder);
      const instant = String(Date.now() + 400);
      const racers = Array.from({ length: 6 }, () => run('lock-racer.mjs', path, instant));
      const outcomes = await Promise.all(racers.map(says));
      expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(1);
      await Promise.all(racers.map((racer) => once(racer, 'exit')));
    }
  });

  test('of a dead holder is left to whoever is taking it over already', async () => {
    const path = join(parent, 'slower');
    const dead = { pid: process.ppid, startedAt: 'another boot:1', nonce: 'dead', note: {} };
    const winner = { ...identifyProcess(process.pid), nonce: 'winner', note: {} };
    writeFileSync(path, JSON.stringify(dead));
    writeFileSync(`${path}.after-dead`, JSON.stringify(winner));
    const slower = run('lock-racer.mjs', path);
    const said = says(slower);
    expect(await Promise.race([said, delay(700, 'waiting')])).toBe('waiting');
    writeFileSync(path, JSON.stringify(winner));
    rmSync(`${path}.after-dead`);
    expect(await said).toBe('held');
    await once(slower, 'exit');
  });

  test('a take-over that was killed halfway does not block the next one', async () => {
    const path = join(parent, 'halfway');
    const dead = { pid: process.ppid, startedAt: 'another boot:1', nonce: 'dead', note: {} };
    writeFileSync(path, JSON.stringify(dead));
    writeFileSync(`${path}.after-dead`, JSON.stringify({ ...dead, nonce: 'claimant' }));
    expect(takeLock(path).taken).toBe(true);
    expect(readdirSync(parent).filter((name) => name.startsWith('halfway'))).toEqual(['halfway']);
  });

  test('is waited for, and who waits hears once of whom', async () => {
    const path = join(parent, 'queue');
    const first = takeLock(path);
    if (!first.taken) throw new Error('not taken');
    const heard: number[] = [];
    const waiting = waitForLock(path, ({ pid }) => {
      heard.push(pid);
      first.release();
    });
    expect((await waiting).taken).toBe(true);
    expect(heard).toEqual([process.pid]);
  });

  test('is released by its holder only', () => {
    const path = join(parent, 'stolen');
    const first = takeLock(path);
    if (!first.taken) throw new Error('not taken');
    const other = JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), nonce: 'another' });
    writeFileSync(path, other);
    first.release();
    expect(readFileSync(path, 'utf8')).toBe(other);
  });
});
