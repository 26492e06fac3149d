import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installation, openInstallation } from '../installation.ts';

const board = { url: 'https://latchkey.example/jobs', organizationId: 'acme' };
let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.close());

const seenBy = async (organizationId: string, memberId: string, parts: { readonly board?: typeof board } = { board }) =>
  (await (await installation.member(organizationId, memberId, parts)).permissions.mine()).boardUrl;

it('TENANT-WALL: where the jobs are shown is told to administrators of the organization that runs them, and to no other', async () => {
  expect(await seenBy('acme', 'olivia')).toBe(board.url);
  expect(await seenBy('acme', 'dana')).toBeNull();
  expect(await seenBy('globex', 'gina')).toBeNull();
  expect(await seenBy('globex', 'gina', { board: { ...board, organizationId: 'globex' } })).toBe(board.url);
  expect(await seenBy('acme', 'olivia', {})).toBeNull();
});

it('a token is told of no board, for none gets in there', async () => {
  const olivia = await installation.member('acme', 'olivia');
  const { tokenText } = await olivia.tokens.issue({ name: 'all of it', permissions: { type: 'inherit' } });
  const token = await installation.token(tokenText, { board });
  expect((await token.permissions.mine()).boardUrl).toBeNull();
});
