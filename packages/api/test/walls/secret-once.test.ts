import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HttpServer, serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
let http: HttpServer;
beforeAll(async () => {
  installation = await openInstallation();
  http = await serveHttp(installation.deps);
});
afterAll(async () => {
  await http.close();
  await installation.close();
});

it('SECRET-ONCE: a secret is in the answer that reveals it, and nowhere else', async () => {
  const texts: string[] = [];
  const call = async (procedure: string, input: unknown, headers: Record<string, string>) => {
    const response = await fetch(`${http.url}/trpc/${procedure}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(input),
    });
    expect(response.headers.get('cache-control')).toBe('no-store');
    const answer = (await response.json()) as { result: { data: { tokenText: string; token: { tokenId: string } } } };
    texts.push(answer.result.data.tokenText);
    return answer.result.data;
  };
  const session = { cookie: await http.signIn('acme', 'olivia'), origin: http.url };
  const first = await call(
    'tokens.issue',
    { name: 'first', permissions: { type: 'inherit', manageTokens: true } },
    session,
  );
  const bearer = { authorization: `Bearer ${first.tokenText}` };
  await call(
    'tokens.issue',
    { name: 'child', kind: 'service', permissions: { type: 'ability', ability: 'read' } },
    bearer,
  );
  await call('tokens.rotate', { tokenId: first.token.tokenId, graceMs: 0 }, session);
  await call('tokens.rotate', { tokenId: first.token.tokenId }, session);
  // Whatever else reveals one, and each of them asked for again.
  const { tokenId } = first.token;
  for (const [procedure, input] of [
    ['tokens.issue', { name: 'repeated' }],
    ['tokens.rotate', { tokenId, cutOlder: true }],
    ['tokens.clone', { tokenId, name: 'clone' }],
    ['tokens.handOver', { tokenId, name: 'taken over', permissions: { type: 'ability', ability: 'read' } }],
  ] as const) {
    for (let times = 0; times < 2; times += 1) {
      await call(procedure, { ...input, idempotencyKey: `key of ${procedure}`.replaceAll(' ', '-') }, session);
    }
  }
  const itself = await call('tokens.issue', { name: 'rotates itself' }, session);
  await call('self.rotate', {}, { authorization: `Bearer ${itself.tokenText}` });
  expect(new Set(texts).size).toBe(14);

  const olivia = await installation.member('acme', 'olivia');
  const seen = [
    await installation.dump(),
    installation.logged.join(),
    http.logged(),
    JSON.stringify([
      await olivia.tokens.list(),
      await olivia.tokens.get({ tokenId: first.token.tokenId }),
      await olivia.audit.list(),
    ]),
  ];
  expect(seen[0]).toContain(first.token.tokenId);
  expect(seen[0]).toContain('token.rotated');
  for (const text of texts) {
    const secret = text.slice(24, 61);
    expect(secret).toHaveLength(37);
    for (const form of [
      secret,
      secret.slice(0, 12),
      Buffer.from(secret).toString('hex'),
      Buffer.from(secret).toString('base64url').slice(0, 40),
    ]) {
      for (const place of seen) expect(place).not.toContain(form);
    }
  }
});
