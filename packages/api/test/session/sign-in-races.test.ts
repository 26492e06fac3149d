import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordMemberRemoved } from '../../src/server/member-removed.ts';
import { issueSignInLink } from '../../src/session/issue-sign-in-link.ts';
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

it('GATE-FIRST: a sign-in waits for a removal that is under way, and begins no session after it', async () => {
  const { url } = await issueSignInLink(http.deps, 'acme', 'devin');
  const held = await installation.hold();
  await installation.deps.directory.members.remove(held.tx, 'acme', 'devin');
  const removal = { organizationId: 'acme', memberId: 'devin', removedBy: { type: 'member', id: 'olivia' } } as const;
  await recordMemberRemoved(http.deps, held.tx, removal);
  const opening = fetch(url, { redirect: 'manual' });
  try {
    await expect.poll(() => installation.waiting()).toBe(1);
  } finally {
    await held.commit();
  }
  expect((await opening).status).toBe(401);
  expect(await installation.sql(`select 1 from latchkey.session where member_id = 'devin'`)).toEqual([]);
  const events = await installation.sql(
    `select 1 from latchkey.audit_event where action = 'member.signed_in' and target_id = 'devin'`,
  );
  expect(events).toEqual([]);
});

it('SECRET-ONCE: a token that stands in a User-Agent is in no audit event', async () => {
  const dana = await installation.member('acme', 'dana');
  const { tokenText, token } = await dana.tokens.issue({ name: 'in a user agent' });
  const headers = { 'user-agent': `deploy/1 (${tokenText})` };
  const { url } = await issueSignInLink(http.deps, 'acme', 'dana');
  const answer = await fetch(url, { redirect: 'manual', headers });
  expect(answer.status).toBe(303);
  const dump = await installation.dump();
  expect(dump).toContain(`deploy/1 (lk_pat_${token.tokenId}_[redacted]`);
  expect(dump).not.toContain(tokenText.slice(24, 60));
});
