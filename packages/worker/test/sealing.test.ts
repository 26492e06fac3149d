import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECK_FROM_START, checkEnd, checkSeals } from '@latchkey/core/audit';
import { anchorFolder, auditKeyFile, createAnchorFiles, readKeyFile } from '@latchkey/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainCrypto } from '../src/audit/chain-crypto.ts';
import { awaitUntil } from './await-until.ts';
import { type Installation, openInstallation } from './installation.ts';
import { startWorkerProcess } from './worker-process.ts';

let installation: Installation;
let folder: string;
const processes: ReturnType<typeof startWorkerProcess>[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-worker-'));
  installation = await openInstallation();
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((process) => process.end('SIGKILL')));
  await installation.close();
  rmSync(folder, { recursive: true, force: true });
});

const startWorker = () => {
  const worker = startWorkerProcess({ DATABASE_URL: installation.workerUrl, LATCHKEY_DATA_DIR: folder });
  processes.push(worker);
  return worker;
};

const addEvents = (from: number, count: number) =>
  installation.store.unitOfWork.run((tx) =>
    installation.store.audit.append(
      tx,
      Array.from({ length: count }, (_, i) => ({
        organizationId: installation.organizationId,
        at: Date.now(),
        actor: { type: 'member', id: 'ada' } as const,
        action: 'token.issued' as const,
        target: { type: 'token', id: `token-${from + i}` } as const,
        reason: null,
        address: '2001:db8::1',
        client: 'curl/8',
        requestId: null,
        details: {},
      })),
    ),
  );

const anchored = async () => {
  const anchors = await createAnchorFiles(anchorFolder(folder)).read(installation.organizationId);
  return { anchors, newest: Math.max(0, ...anchors.map(({ number }) => number)) };
};

const sealedCount = async () => {
  const [row] = await installation.query<{ count: number }>('select count(*)::int as count from latchkey.audit_seal');
  return row?.count ?? 0;
};

describe('AUDIT-WITH-CAUSE: the worker seals the audit trail', () => {
  it('and anchors it in the data folder and the log, two of them at once, one killed: nothing twice, nothing left out', async () => {
    await addEvents(0, 700);
    const [first, second] = [startWorker(), startWorker()];
    await awaitUntil('a head was anchored', async () => (await anchored()).newest > 0);
    await second.end('SIGKILL');
    await addEvents(700, 20);
    await awaitUntil('everything was sealed and anchored', async () => (await anchored()).newest === 720);

    const keys = await readKeyFile(auditKeyFile(folder));
    const { anchors } = await anchored();
    const authority = { organizationId: installation.organizationId, keys: keys?.auditKeys ?? [], anchors };
    const entries = await installation.store.auditChain.read(installation.organizationId, 0, 1_000);
    const { progress, problems } = checkSeals(chainCrypto, authority, CHECK_FROM_START, entries, () => false);
    expect([...problems, ...checkEnd(authority, progress)]).toEqual([]);
    expect(new Set(entries.map(({ event }) => event?.target.id)).size).toBe(720);
    expect(progress.vouched?.number).toBe(720);
    expect(first.output()).toContain('"msg":"audit_anchor"');
  });

  it('also while its jobs’ backend is away', async () => {
    const worker = startWorkerProcess({
      DATABASE_URL: installation.workerUrl,
      LATCHKEY_DATA_DIR: folder,
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    processes.push(worker);
    await addEvents(0, 3);
    await awaitUntil('everything was sealed', async () => (await sealedCount()) === 3);
  });

  it('not with keys that others may read, and says so', async () => {
    writeFileSync(auditKeyFile(folder).path, '{}');
    chmodSync(auditKeyFile(folder).path, 0o644);
    const worker = startWorker();
    expect(await worker.ended).toBe(2);
    expect(worker.output()).toContain('chmod 600');
  });
});
