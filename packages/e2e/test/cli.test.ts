import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { latchkeyCommand, type Ran } from './cli/latchkey-command.ts';
import { flagsOf } from './harness/example-service.ts';
import { type Installation, startInstallation } from './harness/installation.ts';
import type { MemberSession } from './harness/session.ts';

let latchkey: Installation;
let dana: MemberSession;
let home: string;
let managing: string;
const cli = (args: readonly string[], given: { readonly input?: string; readonly env?: Record<string, string> } = {}) =>
  latchkeyCommand(args, { input: given.input ?? '', env: { HOME: home, ...given.env } });
const json = ({ out }: Ran) => JSON.parse(out);

beforeAll(async () => {
  latchkey = await startInstallation();
  dana = await latchkey.signIn('acme', 'dana');
  home = mkdtempSync(join(tmpdir(), 'latchkey-home-'));
  const issued = await dana.api.tokens.issue.mutate({
    name: 'the terminal of Dana',
    permissions: { type: 'inherit', manageTokens: true },
  });
  managing = issued.tokenText;
});
afterAll(async () => {
  await latchkey?.stop();
  if (home) rmSync(home, { recursive: true, force: true });
});

describe('the terminal, from the first sign-in on', () => {
  it('signs in with a token from standard input, and knows whose it is', async () => {
    expect(await cli(['whoami'])).toMatchObject({ code: 4 });
    expect(await cli(['login', '--url', latchkey.url], { input: `${managing}\n` })).toMatchObject({ code: 0, out: '' });
    const profile = join(home, '.config/latchkey/default.json');
    expect(statSync(profile).mode & 0o777).toBe(0o600);
    const who = await cli(['whoami']);
    expect([who.code, json(who)]).toMatchObject([0, { type: 'token', member: { id: 'dana' } }]);
  });

  it('issues, saves, rotates, stops, starts and revokes a token; each step counts at once', async () => {
    const flags = flagsOf(latchkey, 'acme');
    const saved = join(home, 'ci.env');
    writeFileSync(saved, '# flags\nFLAGS_URL=https://flags.example\n');
    const secret = () => /^FLAGS_TOKEN=(\w+)$/m.exec(readFileSync(saved, 'utf8'))?.[1] ?? '';
    const keep = ['--save', saved, '--env', 'FLAGS_TOKEN'];

    const issued = await cli(['token', 'issue', 'ci', '--expires', '90d', ...keep]);
    expect([issued.code, issued.err]).toEqual([0, '']);
    const { tokenId } = json(issued).token;
    const first = secret();
    expect(issued.out).not.toContain(first.slice(24));
    expect((await flags.list(first)).status).toBe(200);

    expect(await cli(['token', 'issue', 'ci', ...keep])).toMatchObject({ code: 6, out: '' });
    expect(secret()).toBe(first);
    const listed = await cli(['token', 'list', '--name', 'ci']);
    expect(json(listed).map((token: { tokenId: string }) => token.tokenId)).toContain(tokenId);

    expect((await cli(['token', 'rename', tokenId, 'ci of the shop'])).code).toBe(0);
    expect((await cli(['token', 'describe', tokenId, 'toggles flags'])).code).toBe(0);
    expect(json(await cli(['token', 'get', tokenId]))).toMatchObject({
      name: 'ci of the shop',
      description: 'toggles flags',
      status: 'active',
    });

    expect((await cli(['token', 'rotate', tokenId, '--grace', '1h', ...keep])).code).toBe(0);
    const second = secret();
    expect(second).not.toBe(first);
    expect(readFileSync(saved, 'utf8')).toBe(`# flags\nFLAGS_URL=https://flags.example\nFLAGS_TOKEN=${second}\n`);
    expect([(await flags.list(first)).status, (await flags.list(second)).status]).toEqual([200, 200]);
    expect((await cli(['token', 'rotate', tokenId, ...keep])).code).toBe(6);
    expect((await cli(['token', 'rotate', tokenId, '--cut-older', ...keep])).code).toBe(0);
    const third = secret();
    expect([(await flags.list(first)).status, (await flags.list(third)).status]).toEqual([401, 200]);

    expect(json(await cli(['token', 'deactivate', tokenId, '--reason', 'a test']))).toMatchObject({
      status: 'inactive',
    });
    expect((await flags.list(third)).status).toBe(403);
    expect(json(await cli(['token', 'activate', tokenId]))).toMatchObject({ status: 'active' });
    expect((await flags.list(third)).status).toBe(200);
    expect((await cli(['token', 'revoke', tokenId])).code).toBe(2);
    expect((await flags.list(third)).status).toBe(200);
    expect(json(await cli(['token', 'revoke', tokenId, '--yes']))).toMatchObject({ status: 'revoked' });
    expect((await flags.list(third)).status).toBe(401);
    expect((await cli(['token', 'activate', tokenId])).code).toBe(6);
    expect((await cli(['token', 'get', 'AAAAAAAAAAAAAAAA'])).code).toBe(3);
  });

  it('rotates the token that it uses, with a rotation that was cut off before its answer', async () => {
    const { token, tokenText } = await dana.api.tokens.issue.mutate({ name: 'rotates itself' });
    const env = { LATCHKEY_URL: latchkey.url, LATCHKEY_TOKEN: tokenText };
    // The far end is reached, and then the CLI is killed: whatever the server did, nothing is broken and it can be repeated.
    await killedOnceRotated(token.tokenId, env);
    expect((await cli(['whoami'], { env })).code).toBe(0);
    const saved = join(home, 'self');
    // The old secret is superseded now: who holds no newer one asks a person who manages the token.
    const refused = await cli(['token', 'rotate', 'self', '--cut-older', '--save', saved], { env });
    expect([refused.code, JSON.parse(refused.err).error.code]).toEqual([5, 'SECRET_SUPERSEDED']);
    const again = await cli(['token', 'rotate', token.tokenId, '--cut-older', '--save', saved]);
    expect(again.code).toBe(0);
    const fresh = readFileSync(saved, 'utf8').trim();
    expect(
      (await cli(['token', 'rotate', 'self', '--cut-older'], { env: { ...env, LATCHKEY_TOKEN: fresh } })).code,
    ).toBe(0);
  });

  const killedOnceRotated = async (tokenId: string, env: Record<string, string>): Promise<void> => {
    const rotated = async () => (await dana.api.tokens.get.query({ tokenId })).secrets.length === 2;
    const running = latchkeyCommand(['token', 'rotate', 'self', '--save-to', 'sleep 10'], {
      input: '',
      env: { HOME: home, ...env },
      started: async (child) => {
        while (!(await rotated())) await new Promise((resume) => setTimeout(resume, 25));
        child.kill('SIGKILL');
      },
    });
    await running;
  };

  it('says what a token may do, and by the exit code whether it may', async () => {
    const may = await cli(['can', 'ToggleFlag', 'project/shop:env/prod:flag/checkout']);
    expect([may.code, json(may).decision.effect]).toEqual([0, 'allow']);
    const mayNot = await cli(['can', 'CanManageIAM', 'iam/*']);
    expect([mayNot.code, json(mayNot).decision]).toMatchObject([
      5,
      { effect: 'deny', missing: { action: 'CanManageIAM', resource: 'iam/*' } },
    ]);
    expect(json(await cli(['permissions']))).toMatchObject({ mayManagePersonalTokens: true, mayAdminister: false });
    expect(json(await cli(['permissions', '--catalogue'])).dialect).toBe('featbit');
  });

  it('verifies a token with a verifier credential', async () => {
    const env = { LATCHKEY_URL: latchkey.url, LATCHKEY_VERIFIER_CREDENTIAL: latchkey.verifierCredential };
    const accepted = await cli(['verify'], { input: latchkey.demoToken, env });
    expect([accepted.code, json(accepted)]).toMatchObject([0, { accepted: true, token: { ownerId: 'dana' } }]);
    const refused = await cli(['verify'], { input: `${latchkey.demoToken} `, env });
    expect([refused.code, json(refused)]).toEqual([5, { accepted: false, status: 401 }]);
    expect(
      (await cli(['login', '--url', latchkey.url, '--profile', 'service'], { input: latchkey.verifierCredential }))
        .code,
    ).toBe(0);
    expect((await cli(['verify', '--profile', 'service'], { input: latchkey.demoToken })).code).toBe(0);
    expect((await cli(['whoami', '--profile', 'service'])).code).toBe(4);
  });

  it('lists members, the audit trail and verifiers for whoever may see them', async () => {
    expect((await cli(['audit', 'list'])).code).toBe(5);
    const olivia = await latchkey.signIn('acme', 'olivia');
    const { tokenText } = await olivia.api.tokens.issue.mutate({
      name: 'the terminal of Olivia',
      permissions: { type: 'inherit', manageTokens: true },
    });
    const env = { LATCHKEY_URL: latchkey.url, LATCHKEY_TOKEN: tokenText };
    const members = json(await cli(['member', 'list'], { env }));
    expect(members.map(({ memberId }: { memberId: string }) => memberId)).toContain('dana');
    const events = json(await cli(['audit', 'list', '--action', 'token.rotated', '--limit', '3'], { env }));
    expect(events).toHaveLength(3);
    for (const event of events) expect(event.client).toMatch(/^latchkey-cli\//);
    const verifiers = json(await cli(['system', 'verifiers'], { env }));
    expect(verifiers.map(({ name }: { name: string }) => name)).toEqual(['example-service']);
  });

  it('signs out, and leaves nothing behind', async () => {
    expect((await cli(['logout'])).code).toBe(0);
    expect((await cli(['token', 'list'])).code).toBe(4);
    expect((await dana.api.tokens.list.query({ nameContains: 'the terminal of Dana' })).items[0]?.status).toBe(
      'active',
    );
  });
});
