import type { Input } from '@latchkey/contract';
import { type OpenStore, openStore } from '@latchkey/store';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { authenticateCredential } from '../../src/authenticate/authenticate-credential.ts';
import { authenticateToken } from '../../src/authenticate/authenticate-token.ts';
import { issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { revokeCredential } from '../../src/commands/revoke-credential.ts';
import { type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
/** Whoever can write rows: as the superuser, past every trigger and foreign key. */
let thief: OpenStore;
beforeAll(async () => {
  installation = await openInstallation();
  const [row] = await installation.sql<{ name: string }>('select current_database() as name');
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${row?.name}`;
  url.searchParams.set('options', '-c session_replication_role=replica');
  thief = await openStore({ url: url.href, applicationName: 'thief' });
});
afterAll(async () => {
  await thief.close();
  await installation.close();
});

const write = (text: string, values: readonly unknown[] = []) =>
  thief.entityManager().execute(text, [...values], 'run');
const present = async (text: string) => {
  const found = await authenticateToken(installation.deps, { text, address: null, client: null });
  return found.accepted ? `accepted as ${found.principal.owner?.memberId ?? 'a service'}` : found.status;
};
let count = 0;
const issue = async (
  more: Partial<Parameters<Awaited<ReturnType<Installation['member']>>['tokens']['issue']>[0]> = {},
) => {
  count += 1;
  const { token, tokenText } = await (await installation.member('acme', 'olivia')).tokens.issue({
    name: `token ${count}`,
    ...more,
  });
  return { id: token.tokenId, text: tokenText };
};
const SERVICE: Partial<Input<'tokens', 'issue'>> = {
  kind: 'service',
  permissions: {
    type: 'statements',
    statements: [
      { resourceType: 'flag', effect: 'allow', actions: ['ToggleFlag'], resources: ['project/shop:env/*:flag/*'] },
    ],
  },
};

describe('whoever can write rows, without the pepper (DUMP-MINTS-NOTHING)', () => {
  it('can not give a token to another owner', async () => {
    const { id, text } = await issue();
    expect(await present(text)).toBe('accepted as olivia');
    await write("update latchkey.token set owner_id = 'dana' where token_id = ?", [id]);
    expect(await present(text)).toBe(401);
    await write("update latchkey.token set owner_id = 'olivia' where token_id = ?", [id]);
    expect(await present(text)).toBe('accepted as olivia');
  });

  it('can not move a token to another organization', async () => {
    const { id, text } = await issue();
    await write("update latchkey.token set organization_id = 'globex', owner_id = 'gina' where token_id = ?", [id]);
    await write("update latchkey.secret set organization_id = 'globex' where token_id = ?", [id]);
    expect(await present(text)).toBe(401);
  });

  it('can not make a service token of a personal one', async () => {
    const { id, text } = await issue();
    const service = await issue(SERVICE);
    await write(
      "update latchkey.token set kind = 'service', owner_id = null, permissions = (select permissions from latchkey.token where token_id = ?) where token_id = ?",
      [service.id, id],
    );
    expect(await present(text)).toBe(401);
  });

  it('can not widen a service token, and reordering its keys does no harm', async () => {
    const { id, text } = await issue(SERVICE);
    expect(await present(text)).toBe('accepted as a service');
    const edit = (from: string, to: string) =>
      write('update latchkey.token set permissions = replace(permissions::text, ?, ?)::json where token_id = ?', [
        from,
        to,
        id,
      ]);
    await edit('"ToggleFlag"', '"*"');
    expect(await present(text)).toBe(401);
    await edit('"*"', '"ToggleFlag"');
    expect(await present(text)).toBe('accepted as a service');
    await write('update latchkey.token set permissions = permissions::jsonb::json where token_id = ?', [id]);
    expect(await present(text)).toBe('accepted as a service');
  });

  it('can not make a token good by the secret of another one', async () => {
    const mine = await issue();
    const other = await issue();
    await write(
      'update latchkey.secret set digest = (select digest from latchkey.secret where token_id = ?) where token_id = ?',
      [mine.id, other.id],
    );
    expect(await present(other.text)).toBe(401);
    expect(await present(mine.text)).toBe('accepted as olivia');
    expect(await present(mine.text.replace(mine.id, other.id))).toBe(401);
  });

  it('can not bring back a secret that rotation has cut, nor a revoked token (TERMINAL)', async () => {
    const olivia = await installation.member('acme', 'olivia');
    const rotated = await issue();
    await olivia.tokens.rotate({ tokenId: rotated.id, graceMs: 0 });
    await write(
      'update latchkey.secret set spent = false, superseded_at = null, accepted_until = null where token_id = ?',
      [rotated.id],
    );
    expect(await present(rotated.text)).toBe(401);
    const revoked = await issue();
    await olivia.tokens.revoke({ tokenId: revoked.id });
    await write("update latchkey.token set state = 'active', revoked_at = null where token_id = ?", [revoked.id]);
    await write('update latchkey.secret set spent = false where token_id = ?', [revoked.id]);
    expect(await present(revoked.text)).toBe(401);
  });

  it('can not pass one secret off as another number', async () => {
    const { id, text } = await issue();
    await write('update latchkey.secret set number = 2 where token_id = ?', [id]);
    expect(await present(text)).toBe(401);
  });
});

describe('a credential of the installation', () => {
  const issued = () => issueVerifierCredential(installation.deps, { name: 'sibling', organizationIds: null });
  const presented = async (text: string) => (await authenticateCredential(installation.deps, { text })).accepted;

  it('is no token of an organization, however good it is, and no token is one of these', async () => {
    const { text } = await issued();
    expect(await presented(text)).toBe(true);
    expect(await present(text)).toBe(401);
    expect(await presented((await issue()).text)).toBe(false);
  });

  it('is refused by its row alone, and a written row does not bring it back (TERMINAL)', async () => {
    const marked = await issued();
    const by = [marked.credential.credentialId];
    await write('update latchkey.system_credential set revoked_at = now() where credential_id = ?', by);
    expect(await presented(marked.text)).toBe(false);
    const revoked = await issued();
    await revokeCredential(installation.deps, revoked.credential.credentialId);
    const ofRevoked = [revoked.credential.credentialId];
    await write('update latchkey.system_credential set revoked_at = null where credential_id = ?', ofRevoked);
    await write('update latchkey.system_credential_secret set spent = false where credential_id = ?', ofRevoked);
    expect(await presented(revoked.text)).toBe(false);
  });
});

describe('what a member may do is asked at each use, of the host', () => {
  it('a removal that only the host knows of refuses at once, as 403', async () => {
    const adam = await installation.member('acme', 'adam');
    const { tokenText } = await adam.tokens.issue({ name: 'of adam' });
    expect(await present(tokenText)).toBe('accepted as adam');
    await installation.deps.store.unitOfWork.run((tx) =>
      installation.deps.directory.members.remove(tx, 'acme', 'adam'),
    );
    expect(await present(tokenText)).toBe(403);
  });

  it('the first use of a secret is recorded before it is accepted, and once', async () => {
    const { id, text } = await issue();
    const firstUse = async () =>
      (await installation.deps.store.tokens.find('acme', id))?.secrets[0]?.firstUsedAt ?? null;
    expect(await firstUse()).toBeNull();
    await present(text);
    const first = await firstUse();
    expect(first).not.toBeNull();
    await present(text);
    expect(await firstUse()).toBe(first);
  });
});
