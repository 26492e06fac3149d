import { createDatabase } from '@latchkey/embedded';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { type Installation, openInstallation } from './installation.ts';
import { startWorkerProcess } from './worker-process.ts';

const processes: ReturnType<typeof startWorkerProcess>[] = [];
afterEach(() => Promise.all(processes.splice(0).map((process) => process.end('SIGKILL'))));

const start = (environment: Readonly<Record<string, string>>, args: readonly string[] = []) => {
  const process = startWorkerProcess(environment, args);
  processes.push(process);
  return process;
};

describe('latchkey-worker', () => {
  it('says what it reads with --help, and needs nothing for it', async () => {
    const worker = start({}, ['--help']);
    expect(await worker.ended).toBe(0);
    for (const variable of [
      'DATABASE_URL',
      'DATABASE_DIRECT_URL',
      'REDIS_URL',
      'LATCHKEY_AUDIT_KEYS',
      'LATCHKEY_DATA_DIR',
      'LATCHKEY_WORKER_PORT',
      'LATCHKEY_LOG_LEVEL',
    ]) {
      expect(worker.output()).toContain(variable);
    }
    expect(worker.output()).toContain('3 schema not ready');
  });

  it('refuses an option that it does not know, and a configuration without a database', async () => {
    expect(await start({}, ['--colour']).ended).toBe(2);
    const worker = start({});
    expect(await worker.ended).toBe(2);
    expect(worker.output()).toMatch(/^latchkey-worker: DATABASE_URL is missing/);
  });

  it('refuses a database that was not migrated, and says which command does it', async () => {
    const database = await createDatabase(inject('postgresUrl'), 'not_migrated');
    try {
      const worker = start({ DATABASE_URL: database.url });
      expect(await worker.ended).toBe(3);
      expect(worker.output()).toContain('latchkey-server migrate');
    } finally {
      await database.drop();
    }
  });

  it('ends with 1 where the database is out of reach, without writing its password', async () => {
    const worker = start({ DATABASE_URL: 'postgresql://latchkey_worker:hunter2@127.0.0.1:1/latchkey' });
    expect(await worker.ended).toBe(1);
    expect(worker.output()).toContain('ECONNREFUSED');
    expect(worker.output()).not.toContain('hunter2');
  });

  describe('with a database', () => {
    let installation: Installation | undefined;
    afterEach(() => installation?.close());

    it('tells a supervisor that it lives and is ready, and ends on SIGINT', async () => {
      installation = await openInstallation();
      const worker = start({ DATABASE_URL: installation.workerUrl, LATCHKEY_WORKER_PORT: '0' });
      await worker.saying('worker ready');
      const line =
        worker
          .output()
          .split('\n')
          .find((text) => text.includes('worker ready')) ?? '';
      const { healthPort, backend } = JSON.parse(line) as { healthPort: number; backend: string };
      expect(backend).toBe('postgres');
      expect((await fetch(`http://127.0.0.1:${healthPort}/livez`)).status).toBe(200);
      expect((await fetch(`http://127.0.0.1:${healthPort}/readyz`)).status).toBe(200);
      const metrics = await fetch(`http://127.0.0.1:${healthPort}/metrics`);
      expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=/);
      expect(await metrics.text()).toContain('latchkey_outbox_messages 0');
      expect(await worker.end('SIGINT')).toBe(0);
    });
  });
});
