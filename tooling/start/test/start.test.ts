import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity } from '@latchkey/bootstrap/process';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { runningIn, type Started, start, untilReady, waitFor } from './run.ts';

const parent = mkdtempSync(join(tmpdir(), 'latchkey-start-test-'));
const started: Started[] = [];
const json = (dataDir: string, args: readonly string[] = [], environment = {}, program?: string) => {
  const one = start(dataDir, ['--json', '--port', '0', ...args], environment, program);
  started.push(one);
  return one;
};
const folder = (name: string) => join(parent, name);
const alive = (processes: Record<string, ProcessIdentity>) =>
  Object.entries(processes).flatMap(([name, identity]) => (isAlive(identity) ? [name] : []));
const everything = ['api', 'example-service', 'postgres', 'worker'];

afterEach(async () => {
  for (const { child, exitCode } of started.splice(0)) {
    child.kill('SIGTERM');
    await exitCode;
  }
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

describe('npm start', () => {
  test('ends with one line of JSON, and a signal stops everything and leaves no process', async () => {
    const dataDir = folder('whole');
    const run = json(dataDir);
    const ready = await untilReady(run);
    expect((await fetch(`${ready.url}/readyz`)).status).toBe(200);
    expect((await fetch(ready.exampleServiceUrl)).status).toBe(200);
    expect(ready.organizations[0]?.members.map(({ signInLink }) => signInLink)).toEqual([
      `${ready.url}/sign-in#acme.owner`,
      `${ready.url}/sign-in#acme.dev`,
    ]);
    const processes = runningIn(dataDir);
    expect(Object.keys(processes).sort()).toEqual(everything);
    run.child.kill('SIGINT');
    // npm passes a terminal's Ctrl-C on as a second one.
    run.child.kill('SIGINT');
    expect(await run.exitCode).toBe(0);
    expect(alive(processes)).toEqual([]);
    expect(run.stdout().trimEnd().split('\n')).toHaveLength(1);
  });

  test('keeps data, secrets and ports from one start to the next, and shows the demo token in neither', async () => {
    const dataDir = folder('kept');
    const first = json(dataDir);
    const before = await untilReady(first);
    first.child.kill('SIGTERM');
    await first.exitCode;
    const kept = ['demo-token', 'verifier-credential', 'api-database-password', 'stand-in.json', 'ports.json'];
    const read = () => kept.map((name) => readFileSync(join(dataDir, name), 'utf8'));
    const content = read();

    const second = start(dataDir, []);
    started.push(second);
    await waitFor('the announcement', () => second.stdout().includes('Ctrl-C'));
    expect(read().slice(0, 4)).toEqual(content.slice(0, 4));
    expect(second.stdout()).toContain(`Console and API  ${before.url}`);
    expect(second.stdout()).toMatch(/curl -H "Authorization: Bearer \$\(cat \S+demo-token\)" http:\/\/127/);
    const written = [first, second].flatMap((run) => [run.stdout(), run.stderr()]);
    const logs = readdirSync(join(dataDir, 'logs')).map((name) => readFileSync(join(dataDir, 'logs', name), 'utf8'));
    expect([...written, ...logs].join('')).not.toContain('canary');
  });

  test('keeps every secret readable for its owner only', async () => {
    const dataDir = folder('modes');
    await untilReady(json(dataDir));
    for (const name of ['demo-token', 'verifier-credential', 'api-database-password', 'worker-database-password']) {
      expect([name, statSync(join(dataDir, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  test('says where the first one is when a second is started on the same folder, and does no harm', async () => {
    const dataDir = folder('twice');
    const both = [json(dataDir), json(dataDir)];
    const codes = await Promise.race(both.map(async (run, index) => ({ index, code: await run.exitCode })));
    const [loser, winner] = codes.index === 0 ? both : [both[1], both[0]];
    if (loser === undefined || winner === undefined) throw new Error('both ended');
    const { url } = await untilReady(winner);
    expect(codes.code).toBe(1);
    expect(loser.stderr()).toContain(`is running on ${dataDir} already`);
    expect(loser.stderr()).toContain(url);
    expect(alive(runningIn(dataDir)).sort()).toEqual(everything);
  });

  test('after a killed start adopts its PostgreSQL, stops its programs, and goes on with the same data', async () => {
    const dataDir = folder('killed');
    const killed = json(dataDir);
    await untilReady(killed);
    const left = runningIn(dataDir);
    const token = readFileSync(join(dataDir, 'demo-token'), 'utf8');
    killed.child.kill('SIGKILL');
    await killed.exitCode;
    expect(alive(left).sort()).toEqual(everything);

    const next = json(dataDir);
    await untilReady(next);
    expect(alive(left)).toEqual(['postgres']);
    expect(next.stderr()).toMatch(/Stopped what a killed start had left running: api, example-service, worker/);
    expect(readFileSync(join(dataDir, 'demo-token'), 'utf8')).toBe(token);
  });

  test('stops when the npm that started it was killed outright', async () => {
    const dataDir = folder('orphan');
    const launcher = json(dataDir, [], {}, 'bootstrap/start.mjs');
    await untilReady(launcher);
    const processes = runningIn(dataDir);
    launcher.child.kill('SIGKILL');
    await waitFor('everything to end', () => alive(processes).length === 0);
  });

  test('takes another port where the wanted one is in use, and says so', async () => {
    const occupied = createServer().listen(0, '127.0.0.1');
    await once(occupied, 'listening');
    const address = occupied.address();
    const port = String(address !== null && typeof address === 'object' ? address.port : 0);
    const run = json(folder('port'), ['--port', port]);
    const { url } = await untilReady(run);
    expect(new URL(url).port).not.toBe(port);
    expect(run.stderr()).toContain(`Port ${port} is in use: Latchkey takes ${new URL(url).port} instead.`);
    occupied.close();
  });

  test('--reset starts over', async () => {
    const dataDir = folder('reset');
    const first = json(dataDir);
    await untilReady(first);
    first.child.kill('SIGKILL');
    await first.exitCode;
    const left = runningIn(dataDir);
    writeFileSync(join(dataDir, 'demo-token'), 'an old one');
    await untilReady(json(dataDir, ['--reset']));
    expect(alive(left)).toEqual([]);
    expect(readFileSync(join(dataDir, 'demo-token'), 'utf8')).toContain('canary');
  });

  test('touches no folder that it did not make, with --reset or without', async () => {
    const dataDir = folder('precious');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'thesis.txt'), 'years of work');
    for (const args of [[], ['--reset']]) {
      const run = json(dataDir, args);
      expect(await run.exitCode).toBe(1);
      expect(run.stderr()).toContain('was not made by npm start');
    }
    expect(readdirSync(dataDir)).toEqual(['thesis.txt']);
  });

  test('starts a worker again that was killed', async () => {
    const dataDir = folder('worker');
    const run = json(dataDir);
    await untilReady(run);
    const before = runningIn(dataDir)['worker'];
    process.kill(before?.pid ?? 0, 'SIGKILL');
    const after = await waitFor('another worker', () => {
      const worker = runningIn(dataDir)['worker'];
      return worker !== undefined && worker.pid !== before?.pid && worker;
    });
    expect(isAlive(after)).toBe(true);
    expect(run.stderr()).toContain('worker ended with SIGKILL; starting it again.');
  });

  test.each(['migrate', 'init', 'serve'])(
    'says what went wrong in `%s`, ends with 1, and leaves no process',
    async (command) => {
      const dataDir = folder(`fails-${command}`);
      const run = json(dataDir, [], { LATCHKEY_STAND_IN_FAILS: command });
      expect(await run.exitCode).toBe(1);
      expect(run.stderr()).toContain(`stand-in: ${command} can not work`);
      expect(runningIn(dataDir)).toEqual({});
    },
  );

  test('asked to stop on its way up leaves no process', async () => {
    const dataDir = folder('early');
    const run = json(dataDir);
    await waitFor('the database', () => 'postgres' in runningIn(dataDir));
    run.child.kill('SIGTERM');
    expect(await run.exitCode).toBe(0);
    expect(runningIn(dataDir)).toEqual({});
  });
});
