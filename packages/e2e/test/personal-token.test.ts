import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORBIDDEN, flagsOf, UNAUTHORIZED } from './harness/example-service.ts';
import { type Installation, startInstallation } from './harness/installation.ts';
import { until } from './harness/program.ts';
import { type MemberSession, refusalOf, withToken } from './harness/session.ts';

let latchkey: Installation;
let olivia: MemberSession;
let dana: MemberSession;
beforeAll(async () => {
  latchkey = await startInstallation();
  [olivia, dana] = [await latchkey.signIn('acme', 'olivia'), await latchkey.signIn('acme', 'dana')];
});
afterAll(() => latchkey?.stop());

const issue = (name: string) => dana.api.tokens.issue.mutate({ name });
const setPolicies = (policyIds: readonly string[]) =>
  olivia.api.members.setPolicies.mutate({ memberId: 'dana', policyIds: [...policyIds] });

describe('a personal token does what its owner may do right now (NO-ESCALATION)', () => {
  it('toggles a flag; the very next call after a demotion is refused; given back, it works again', async () => {
    const { tokenText } = await issue('laptop');
    const flags = flagsOf(latchkey, 'acme');
    expect((await flags.toggle(tokenText)).status).toBe(200);

    await setPolicies([]);
    const refused = await flags.toggle(tokenText);
    expect([refused.status, refused.body]).toEqual([403, FORBIDDEN]);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
    expect(refused.headers.get('latchkey-missing-permission')).toBe('ToggleFlag project/shop:env/prod:flag/checkout');

    await setPolicies(['developer']);
    expect((await flags.toggle(tokenText)).status).toBe(200);
  });

  it('is never wider than its own permissions', async () => {
    const { tokenText } = await dana.api.tokens.issue.mutate({
      name: 'only toggles beta',
      permissions: {
        type: 'statements',
        statements: [
          {
            resourceType: 'flag',
            effect: 'allow',
            actions: ['ToggleFlag'],
            resources: ['project/shop:env/*:flag/*;beta'],
          },
        ],
      },
    });
    const flags = flagsOf(latchkey, 'acme');
    expect((await flags.toggle(tokenText, 'gift-cards')).status).toBe(200);
    expect((await flags.toggle(tokenText, 'dark-mode')).status).toBe(403);
    expect((await flags.list(tokenText)).status).toBe(403);
  });

  it('is refused at issue where it asks for what its owner lacks, and told what exceeds', async () => {
    const refused = await refusalOf(
      dana.api.tokens.issue.mutate({
        name: 'too much',
        permissions: {
          type: 'statements',
          statements: [{ resourceType: 'iam', effect: 'allow', actions: ['CanManageIAM'], resources: ['iam/*'] }],
        },
      }),
    );
    expect(refused.code).toBe('PERMISSIONS_NOT_COVERED');
    expect(refused.details['counterexample']).toMatchObject({ action: 'CanManageIAM' });
    expect((await dana.api.tokens.list.query({ nameContains: 'too much' })).items).toEqual([]);
  });
});

describe('stopping a token: the next verification refuses it (DEAD-ON-RETURN)', () => {
  it('deactivated is 403, activated works again, revoked is 401 and stays so (TERMINAL)', async () => {
    const { token, tokenText } = await issue('stop and go');
    const { tokenId } = token;
    const flags = flagsOf(latchkey, 'acme');

    expect((await dana.api.tokens.deactivate.mutate({ tokenId })).token.status).toBe('inactive');
    const inactive = await flags.list(tokenText);
    expect([inactive.status, inactive.body]).toEqual([403, FORBIDDEN]);

    expect((await dana.api.tokens.activate.mutate({ tokenId })).status).toBe('active');
    expect((await flags.list(tokenText)).status).toBe(200);

    expect((await dana.api.tokens.revoke.mutate({ tokenId })).token.status).toBe('revoked');
    const revoked = await flags.list(tokenText);
    expect([revoked.status, revoked.body]).toEqual([401, UNAUTHORIZED]);
    expect((await refusalOf(dana.api.tokens.activate.mutate({ tokenId }))).code).toBe('TOKEN_REVOKED');
    expect((await flags.list(tokenText)).status).toBe(401);
  });

  it('said twice is one effect and one audit event (AUDIT-WITH-CAUSE)', async () => {
    const { token } = await issue('twice');
    const { tokenId } = token;
    await dana.api.tokens.revoke.mutate({ tokenId });
    await dana.api.tokens.revoke.mutate({ tokenId });
    const { items } = await olivia.api.audit.list.query({ targetId: tokenId });
    expect(items.map(({ action }) => action)).toEqual(['token.revoked', 'token.issued']);
    expect(items[0]?.actor).toEqual({ type: 'member', id: 'dana' });
  });

  it('is done by the clock, too: a token is refused from its expiry on, with no worker running (CLOCK-EXPIRY)', async () => {
    const expiresAt = new Date(Date.now() + 4_000).toISOString();
    const { token, tokenText } = await dana.api.tokens.issue.mutate({ name: 'until soon', expiresAt });
    const flags = flagsOf(latchkey, 'acme');
    expect((await flags.list(tokenText)).status).toBe(200);
    await until(async () => (await flags.list(tokenText)).status === 401);
    expect((await dana.api.tokens.get.query({ tokenId: token.tokenId })).status).toBe('expired');
  });

  it('answers the same bytes to every 401 of a credential (PROOF-FIRST)', async () => {
    const { token, tokenText } = await issue('bytes');
    const other = await issue('other');
    await dana.api.tokens.revoke.mutate({ tokenId: token.tokenId });
    await dana.api.tokens.rotate.mutate({ tokenId: other.token.tokenId, graceMs: 0 });
    const expiring = await dana.api.tokens.issue.mutate({
      name: 'short-lived',
      expiresAt: new Date(Date.now() + 1_000).toISOString(),
    });
    await until(async () => (await flagsOf(latchkey, 'acme').list(expiring.tokenText)).status === 401);
    const cases = {
      revoked: tokenText,
      superseded: other.tokenText,
      expired: expiring.tokenText,
      'wrong secret': tokenText.slice(0, 24) + other.tokenText.slice(24),
      unknown: tokenText.replace(token.tokenId, '0000000000000000'),
      malformed: 'lk_pat_nonsense',
      empty: 'x',
      'a credential of the installation': latchkey.verifierCredential,
    };
    const answers = await Promise.all(
      Object.entries(cases).map(async ([name, presented]) => {
        const { status, body, headers: received } = await flagsOf(latchkey, 'acme').list(presented);
        const headers = new Headers(received);
        headers.delete('date');
        return { name, answer: JSON.stringify([status, body, [...headers]]) };
      }),
    );
    expect(new Set(answers.map(({ answer }) => answer)).size).toBe(1);
    expect(answers[0]?.answer).toContain('401');
  });
});

describe('rotation', () => {
  it('accepts both secrets in the grace period, and the old one no longer once it was asked to end', async () => {
    const { token, tokenText: first } = await issue('rotated');
    const { tokenId } = token;
    const flags = flagsOf(latchkey, 'acme');
    const { tokenText: second } = await dana.api.tokens.rotate.mutate({ tokenId, graceMs: 60_000 });
    expect([(await flags.list(first)).status, (await flags.list(second)).status]).toEqual([200, 200]);
    expect((await refusalOf(dana.api.tokens.rotate.mutate({ tokenId }))).code).toBe('ROTATION_IN_GRACE');

    const { tokenText: third } = await dana.api.tokens.rotate.mutate({ tokenId, graceMs: 0, cutOlder: true });
    expect([(await flags.list(first)).status, (await flags.list(second)).status]).toEqual([401, 401]);
    expect((await flags.list(third)).status).toBe(200);
  });

  it('is one of many at once (ONE-ROTATION)', async () => {
    const { token, tokenText } = await issue('raced');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => dana.api.tokens.rotate.mutate({ tokenId: token.tokenId, graceMs: 60_000 })),
    );
    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(won).toHaveLength(1);
    const flags = flagsOf(latchkey, 'acme');
    expect((await flags.list(won[0]?.tokenText ?? '')).status).toBe(200);
    expect((await flags.list(tokenText)).status).toBe(200);
  });
});

describe('a token that presents itself to the API', () => {
  it('knows who it is', async () => {
    const { token, tokenText } = await issue('self');
    const who = await withToken(latchkey.url, tokenText).self.whoami.query();
    expect(who).toMatchObject({ type: 'token', token: { tokenId: token.tokenId }, member: { id: 'dana' } });
  });

  it('manages no tokens unless that was ticked (NO-SELF-HELP)', async () => {
    const { tokenText } = await issue('no help');
    const refused = await refusalOf(withToken(latchkey.url, tokenText).tokens.issue.mutate({ name: 'child' }));
    expect(refused.httpStatus).toBe(403);
  });
});
