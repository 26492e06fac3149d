import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flagsOf } from './harness/example-service.ts';
import { type Installation, startInstallation } from './harness/installation.ts';
import { until } from './harness/program.ts';
import { type MemberSession, refusalOf } from './harness/session.ts';

let latchkey: Installation;
let olivia: MemberSession;
let dana: MemberSession;
beforeAll(async () => {
  latchkey = await startInstallation({ env: { LATCHKEY_LOG_LEVEL: 'trace' } });
  [olivia, dana] = [await latchkey.signIn('acme', 'olivia'), await latchkey.signIn('acme', 'dana')];
});
afterAll(() => latchkey?.stop());

/** Every row of every table of every schema of ours, as text. */
const dump = async (): Promise<string> => {
  const { rows: tables } = await latchkey.admin.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  expect(tables.length).toBeGreaterThan(15);
  let text = '';
  for (const { name } of tables) {
    const { rows } = await latchkey.admin.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`);
    text += `${name}\n${rows.map(({ row }) => row).join('\n')}\n`;
  }
  return text;
};

/** The secret, its parts, and what encoders make of it. */
const shadows = (tokenText: string): string[] => {
  const secret = tokenText.slice(24, -12);
  return [
    secret,
    secret.slice(0, 20),
    secret.slice(-20),
    Buffer.from(tokenText).toString('base64').slice(36, 60),
    Buffer.from(tokenText).toString('hex').slice(50, 90),
  ];
};

describe('a secret exists only in the one answer that reveals it (SECRET-ONCE)', () => {
  it('is in no log, no row, no job and no later answer, whatever was done with the token', async () => {
    const worker = await latchkey.startWorker();
    const canaries: string[] = [];
    const issued = await dana.api.tokens.issue.mutate({ name: 'canary', description: 'sings' });
    const { tokenId } = issued.token;
    const rotated = await dana.api.tokens.rotate.mutate({ tokenId, graceMs: 60_000 });
    const service = await dana.api.tokens.issue.mutate({
      kind: 'service',
      name: 'canary of the house',
      permissions: { type: 'ability', ability: 'read' },
    });
    canaries.push(issued.tokenText, rotated.tokenText, service.tokenText);

    const flags = flagsOf(latchkey, 'acme');
    for (const canary of canaries) {
      await flags.list(canary);
      await flags.toggle(canary);
      await fetch(`${latchkey.url}/nowhere/${canary}`);
      await fetch(`${latchkey.url}/trpc/self.whoami`, { headers: { authorization: canary, 'x-again': canary } });
      await fetch(`${latchkey.url}/trpc/tokens.list`, {
        method: 'POST',
        body: canary,
        headers: { authorization: canary },
      });
      await refusalOf(dana.api.tokens.rename.mutate({ tokenId, name: canary }));
      await refusalOf(dana.api.tokens.revoke.mutate({ tokenId, reason: canary }));
    }
    const later = JSON.stringify([
      await dana.api.tokens.get.query({ tokenId }),
      await dana.api.tokens.list.query({ limit: 200 }),
      await olivia.api.tokens.get.query({ tokenId }),
      await olivia.api.audit.list.query({ limit: 200 }),
      await dana.api.tokens.rename.mutate({ tokenId, name: 'canary renamed' }),
      await dana.api.tokens.deactivate.mutate({ tokenId }),
      await dana.api.tokens.revoke.mutate({ tokenId }),
    ]);
    await olivia.api.members.remove.mutate({ memberId: 'bea' });
    await until(async () => {
      const { rows } = await latchkey.admin.query('SELECT 1 FROM latchkey.outbox_message WHERE relayed_at IS NULL');
      return rows.length === 0;
    });
    await worker.stop();

    const places = { logs: latchkey.logs(), rows: await dump(), answers: later };
    expect(places.rows).toContain(tokenId);
    expect(places.logs.length).toBeGreaterThan(1_000);
    for (const [place, text] of Object.entries(places)) {
      for (const canary of [...canaries, latchkey.demoToken, latchkey.verifierCredential]) {
        for (const shadow of shadows(canary)) expect(text.includes(shadow), `a secret in the ${place}`).toBe(false);
      }
    }
  });

  it('is revealed with no-store', async () => {
    const response = await fetch(`${latchkey.url}/trpc/tokens.issue`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: latchkey.url, cookie: dana.cookie },
      body: JSON.stringify({ name: 'not to be stored' }),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});
