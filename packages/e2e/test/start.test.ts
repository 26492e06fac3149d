import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flagsOf } from './harness/example-service.ts';
import { answersOk, until } from './harness/program.ts';
import { createSession } from './harness/session.ts';

const orchestrator = fileURLToPath(new URL('../../../tooling/start/src/main.ts', import.meta.url));

interface Ready {
  readonly url: string;
  readonly exampleServiceUrl: string;
  readonly organizations: readonly {
    readonly id: string;
    readonly dialect: string;
    readonly members: readonly { readonly id: string; readonly signInLink: string }[];
  }[];
}

interface Start {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ready: () => Promise<Ready>;
  readonly ended: Promise<number | null>;
}

const folder = mkdtempSync(join(tmpdir(), 'latchkey-start-'));
const starts: Start[] = [];

const start = (...args: string[]): Start => {
  const child = spawn(process.execPath, [orchestrator, '--data-dir', folder, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const started: Start = {
    child,
    out: () => out,
    err: () => err,
    ended,
    ready: async () => {
      await until(() => {
        if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}:\n${err}`);
        return out.includes('\n');
      }, 60_000);
      return JSON.parse(out) as Ready;
    },
  };
  starts.push(started);
  return started;
};

const linkOf = (ready: Ready, organizationId: string, memberId: string) =>
  ready.organizations.find(({ id }) => id === organizationId)?.members.find(({ id }) => id === memberId)?.signInLink ??
  '';

/** Processes that name the data folder in their command line or environment: those that this start began. */
const left = () =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const seen = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8');
      return seen.includes(folder) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
    } catch {
      return false;
    }
  });

beforeAll(async () => {
  await start('--json', '--port', '0').ready();
}, 90_000);
afterAll(async () => {
  for (const { child } of starts) if (child.exitCode === null) child.kill('SIGTERM');
  await Promise.all(starts.map(({ ended }) => ended));
  rmSync(folder, { recursive: true, force: true });
});

describe('npm start', () => {
  it('prints one line that a script can drive everything with', async () => {
    const ready = await (starts[0] ?? expect.fail()).ready();
    expect(starts[0]?.out().trim().split('\n')).toHaveLength(1);
    expect(ready.organizations.map(({ dialect }) => dialect)).toEqual(['featbit', 'launchdarkly']);
    const dana = await createSession(ready.url, linkOf(ready, 'acme', 'dana'));
    const { tokenText } = await dana.api.tokens.issue.mutate({ name: 'first' });
    const { status } = await flagsOf({ exampleUrl: ready.exampleServiceUrl }, 'acme').toggle(tokenText);
    expect(status).toBe(200);
    expect((await fetch(linkOf(ready, 'acme', 'dana'), { redirect: 'manual' })).status).toBe(401);
  });

  it('says where the first one is when it is started twice, and leaves it alone', async () => {
    const { url } = await (starts[0] ?? expect.fail()).ready();
    const second = start('--json', '--port', '0');
    expect(await second.ended).toBe(1);
    expect(second.err()).toContain(url);
    expect(second.out()).toBe('');
    expect(await answersOk(`${url}/readyz`)).toBe(true);
  });

  it('comes back after kill -9 of itself, with its data, and leaves nothing behind at the end', async () => {
    const first = starts[0] ?? expect.fail();
    first.child.kill('SIGKILL');
    await first.ended;
    const again = start('--json', '--port', '0');
    const ready = await again.ready();
    const dana = await createSession(ready.url, linkOf(ready, 'acme', 'dana'));
    const { items } = await dana.api.tokens.list.query({ nameContains: 'first' });
    expect(items).toHaveLength(1);
    again.child.kill('SIGINT');
    expect(await again.ended).toBe(0);
    expect(left()).toEqual([]);
  });

  it('takes another port where the one asked for is in use, and says so', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const begun = start('--json', '--port', String(port));
    const ready = await begun.ready();
    expect(new URL(ready.url).port).not.toBe(String(port));
    expect(begun.err()).toContain(String(port));
    taken.close();
    begun.child.kill('SIGTERM');
    expect(await begun.ended).toBe(0);
  });

  it('starts over with --reset', async () => {
    const begun = start('--json', '--port', '0', '--reset');
    const ready = await begun.ready();
    const dana = await createSession(ready.url, linkOf(ready, 'acme', 'dana'));
    expect((await dana.api.tokens.list.query({ nameContains: 'first' })).items).toEqual([]);
    begun.child.kill('SIGTERM');
    expect(await begun.ended).toBe(0);
    expect(left()).toEqual([]);
  });
});
