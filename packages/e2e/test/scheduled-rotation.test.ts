import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findProgram, startRedis } from '@latchkey/embedded';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { flagsOf } from './harness/example-service.ts';
import { type Installation, startInstallation } from './harness/installation.ts';
import { until } from './harness/program.ts';
import type { MemberSession } from './harness/session.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const example = (name: string) => readFileSync(here(`../../../examples/scheduled-rotation/${name}`), 'utf8');
const cliBin = here('../../cli/dist/bin.js');

let latchkey: Installation;
let olivia: MemberSession;
let folder: string;
let place: string;
let bin: string;
beforeAll(async () => {
  latchkey = await startInstallation();
  olivia = await latchkey.signIn('acme', 'olivia');
  folder = mkdtempSync(join(tmpdir(), 'latchkey-rotation-'));
  // `latchkey` on the PATH, as an installed package has it.
  bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'latchkey'), `#!/bin/sh\nexec ${process.execPath} ${cliBin} "$@"\n`);
  chmodSync(join(bin, 'latchkey'), 0o755);
});
afterAll(async () => {
  await latchkey?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

let number = 0;
let tokenId: string;
/** A token that is due: its secret is 100 days old. */
beforeEach(async () => {
  number += 1;
  place = join(folder, `token-${number}`);
  const issued = await olivia.api.tokens.issue.mutate({ name: `scheduled ${number}` });
  ({ tokenId } = issued.token);
  await latchkey.admin.query('alter table latchkey.secret disable trigger only_ends');
  await latchkey.admin.query(`update latchkey.secret set created_at = now() - interval '100 d' where token_id = $1`, [
    tokenId,
  ]);
  await latchkey.admin.query('alter table latchkey.secret enable trigger only_ends');
  writeFileSync(place, issued.tokenText, { mode: 0o600 });
});

const heldIn = (text: string) => /lk_pat_\w+/.exec(text)?.[0] ?? '';
const held = () => heldIn(readFileSync(place, 'utf8'));

/** A client that reads its token anew for each call, without pause, until it has made some calls after `work`. */
const callThroughout = async (work: () => Promise<unknown>) => {
  const flags = flagsOf(latchkey, 'acme');
  const statuses: number[] = [];
  const used = new Set<string>();
  let stopping = false;
  const calling = (async () => {
    while (!stopping) {
      const token = held();
      statuses.push((await flags.list(token)).status);
      used.add(token);
    }
  })();
  const first = held();
  try {
    await until(() => statuses.length > 2, 20_000);
    await work();
    const before = statuses.length;
    await until(() => statuses.length > before + 5, 20_000);
  } finally {
    stopping = true;
    await calling;
  }
  return { statuses, used, first };
};

/** The command line as it stands in the example, with this test's places in it; run by a shell, as cron does. */
const runInShell = (line: string, env: Readonly<Record<string, string>> = {}) =>
  new Promise<number | null>((done, failed) => {
    const child = spawn('sh', ['-c', line], {
      env: { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, HOME: folder, ...env },
      stdio: 'ignore',
    });
    child.once('error', failed);
    child.once('exit', done);
  });

const handsOver = async (run: () => Promise<unknown>) => {
  const { statuses, used, first } = await callThroughout(run);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(held()).not.toBe(first);
  expect(used).toEqual(new Set([first, held()]));
  const { secrets } = await olivia.api.tokens.get.query({ tokenId });
  expect(secrets.map(({ hint }) => hint)).toEqual([held().slice(-4), first.slice(-4)]);
};

describe('a secret is handed over without a refused call', { timeout: 120_000 }, () => {
  it('by cron', async () => {
    const lines = example('crontab').split('\n');
    const url = lines.find((line) => line.startsWith('LATCHKEY_URL='));
    expect(url).toBe('LATCHKEY_URL=https://latchkey.example');
    const [, line = ''] = /^(?:\S+ ){5}flags (.*)$/m.exec(lines.at(-2) ?? '') ?? [];
    expect(line).toContain('/etc/flags/token');
    const run = () => runInShell(line.replace('/etc/flags/token', place), { LATCHKEY_URL: latchkey.url });
    await handsOver(async () => expect(await run()).toBe(0));
    // The next days there is nothing to do.
    const kept = held();
    expect(await run()).toBe(0);
    expect(held()).toBe(kept);
  });

  it('by systemd', async () => {
    const unit = example('flags-token.service');
    const [, line = ''] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
    expect(unit).toMatch(/^Environment=LATCHKEY_URL=https:\/\/latchkey\.example$/m);
    expect(line).toMatch(/^\/usr\/bin\/latchkey .*\/etc\/flags\/token\.env/);
    writeFileSync(place, `FLAGS_URL=https://flags.example\nFLAGS_TOKEN=${held()}\n`, { mode: 0o600 });
    const own = line.replace('/usr/bin/latchkey', join(bin, 'latchkey')).replace('/etc/flags/token.env', place);
    await handsOver(async () => expect(await runInShell(own, { LATCHKEY_URL: latchkey.url })).toBe(0));
    expect(readFileSync(place, 'utf8')).toMatch(/^FLAGS_URL=https:\/\/flags\.example\nFLAGS_TOKEN=lk_pat_\w+\n$/);
  });

  it('by Kubernetes', async () => {
    const { spec } = parse(example('cronjob.yaml')) as {
      spec: {
        concurrencyPolicy: string;
        jobTemplate: {
          spec: {
            template: {
              spec: {
                containers: readonly {
                  command: readonly string[];
                  args: readonly string[];
                  env: readonly { name: string; value: string }[];
                  volumeMounts: readonly { mountPath: string }[];
                }[];
              };
            };
          };
        };
      };
    };
    expect(spec.concurrencyPolicy).toBe('Forbid');
    const [container] = spec.jobTemplate.spec.template.spec.containers;
    if (container === undefined) throw new Error('the job has no container');
    expect(container.env).toEqual([{ name: 'LATCHKEY_URL', value: 'https://latchkey.example' }]);
    expect(container.volumeMounts[0]?.mountPath).toBe('/tokens');
    const [program = '', ...rest] = [...container.command, ...container.args].map((part) =>
      part === '/tokens/flags' ? place : part,
    );
    expect(rest).toContain(place);
    await handsOver(
      () =>
        new Promise<void>((done, failed) => {
          execFile(join(bin, program), rest, { env: { LATCHKEY_URL: latchkey.url, HOME: folder } }, (error) =>
            error === null ? done() : failed(error),
          );
        }),
    );
  });

  const redis = startRedis();
  afterAll(async () => (await redis)?.stop());
  it.skipIf(findProgram(['redis-server', 'valkey-server'], process.env['PATH'] ?? '') === undefined)(
    'by a BullMQ repeatable',
    async () => {
      let child: ChildProcess | undefined;
      try {
        await handsOver(async () => {
          const before = held();
          // From standard input, so that the packages of a service with a queue are found.
          child = spawn(process.execPath, ['--input-type=module', '-'], {
            cwd: here('../../worker'),
            env: {
              PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
              HOME: folder,
              LATCHKEY_URL: latchkey.url,
              REDIS_URL: (await redis)?.url ?? '',
              TOKEN_FILE: place,
              PATTERN: '* * * * * *',
            },
            stdio: ['pipe', 'ignore', 'inherit'],
          });
          child.stdin?.end(example('rotate-with-bullmq.mjs'));
          await until(() => held() !== before, 60_000);
        });
      } finally {
        child?.kill('SIGKILL');
      }
    },
  );
});

describe('nothing is lost', { timeout: 120_000 }, () => {
  it('where a run is killed between the answer and the file: the next one puts the secret there that counts', async () => {
    const first = held();
    const flags = flagsOf(latchkey, 'acme');
    // What the killed run had asked for; nobody has kept the answer.
    const response = await fetch(`${latchkey.url}/trpc/self.rotate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${first}`, 'content-type': 'application/json' },
      body: JSON.stringify({ idempotencyKey: `rotate:${tokenId}:1` }),
    });
    const lost = heldIn(await response.text());
    expect(lost).not.toBe(first);
    const { statuses } = await callThroughout(async () =>
      expect(await runInShell(`latchkey rotate --due --save ${place}`, { LATCHKEY_URL: latchkey.url })).toBe(0),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect([first, lost]).not.toContain(held());
    expect((await flags.list(held())).status).toBe(200);
    expect((await flags.list(lost)).status).toBe(401);
    const events = await olivia.api.audit.list.query({ targetId: tokenId, action: 'token.rotated' });
    expect(events.items).toHaveLength(2);
  });

  it('where several runs come at once: one rotates, and the place holds what is good', async () => {
    const line = `latchkey rotate --due --save ${place}`;
    const { statuses } = await callThroughout(async () => {
      const codes = await Promise.all([1, 2, 3].map(() => runInShell(line, { LATCHKEY_URL: latchkey.url })));
      expect(codes.every((code) => code === 0 || code === 6)).toBe(true);
    });
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await flagsOf(latchkey, 'acme').list(held())).status).toBe(200);
  });
});

const analyze = findProgram(['systemd-analyze'], process.env['PATH'] ?? '');
it.skipIf(analyze === undefined)('systemd takes the units', async () => {
  const units = join(folder, 'units');
  mkdirSync(units);
  // The program is the only thing that this machine need not have.
  writeFileSync(
    join(units, 'flags-token.service'),
    example('flags-token.service').replace('/usr/bin/latchkey', join(bin, 'latchkey')),
  );
  writeFileSync(join(units, 'flags-token.timer'), example('flags-token.timer'));
  const verify = promisify(execFile)(analyze ?? '', [
    'verify',
    '--man=no',
    join(units, 'flags-token.service'),
    join(units, 'flags-token.timer'),
  ]);
  const { stderr } = await verify;
  expect(stderr).not.toMatch(/flags-token\.\w+:\d+:/);
});
