import type { DecisionCount } from '@latchkey/core/usage';
import { StoreUnavailable } from '@latchkey/store';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticateToken } from '../../src/authenticate/authenticate-token.ts';
import { issueVerifierCredential } from '../../src/commands/issue-credential.ts';
import { createDecisionRecorder } from '../../src/usage/record-decisions.ts';
import { serveHttp } from '../http-server.ts';
import { type Installation, openInstallation } from '../installation.ts';
import { refusal } from '../refusal.ts';

const NOW = Date.parse('2026-05-05T05:05:05Z');
const logger = pino({ level: 'silent' });
const dev = (key: string) => `project/shop:env/dev:flag/${key}`;

describe('decisions on a token', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await openInstallation();
  });
  afterAll(() => installation.close());

  const recorder = () =>
    createDecisionRecorder({ store: installation.deps.store, clock: { now: () => NOW }, logger, everyMs: 3_600_000 });
  const issue = async (name: string) => {
    const { token, tokenText } = await (await installation.member('acme', 'dana')).tokens.issue({ name });
    return { tokenId: token.tokenId, tokenText };
  };
  const countedOf = async (tokenId: string) =>
    (await installation.deps.store.usage.find('acme', tokenId, NOW, 100)).requests.map(
      ({ action, resource, folded, allowedCount, deniedCount }) =>
        [action, folded ? `(${resource})` : resource, allowedCount, deniedCount].join(' '),
    );

  it('are counted where a sibling service asks for them, and nothing is written before a flush', async () => {
    const { tokenId, tokenText: presentedToken } = await issue('asked for');
    const decisions = recorder();
    const { verify } = installation.verifier(undefined, { decisions });
    for (let i = 0; i < 3; i += 1) {
      await verify.decide({ presentedToken, request: { action: 'ToggleFlag', resource: dev('a') } });
    }
    const segments = [
      { type: 'project', key: 'shop' },
      { type: 'env', key: 'dev' },
      { type: 'flag', key: 'b' },
    ];
    await verify.decide({ presentedToken, request: { action: 'ToggleFlag', resource: { segments } } });
    await verify.decide({ presentedToken, request: { action: 'DeleteProject', resource: 'project/shop' } });
    // Neither what is refused whatever it asks for, nor what isn't asked for anything.
    await verify.decide({ presentedToken: 'x', request: { action: 'ToggleFlag', resource: dev('a') } });
    await verify.verify({ presentedToken });
    expect(await countedOf(tokenId)).toEqual([]);
    await decisions.close();
    expect(await countedOf(tokenId)).toEqual([
      `ToggleFlag ${dev('a')} 3 0`,
      `ToggleFlag ${dev('b')} 1 0`,
      'DeleteProject project/shop 0 1',
    ]);
  });

  it('are counted where a proxy asks for them by /forward-auth', async () => {
    const { tokenId, tokenText } = await issue('behind a proxy');
    const decisions = recorder();
    const http = await serveHttp({ ...installation.deps, decisions });
    const { text } = await issueVerifierCredential(installation.deps, { name: 'proxy', organizationIds: null });
    const headers = { 'latchkey-verifier': text, authorization: `Bearer ${tokenText}` };
    const ask = (query: string) => fetch(`${http.url}/forward-auth${query}`, { headers });
    expect((await ask(`?action=ToggleFlag&resource=${dev('a')}`)).status).toBe(200);
    expect((await ask('?action=DeleteProject&resource=project/shop')).status).toBe(403);
    expect((await ask('')).status).toBe(200);
    await http.close();
    await decisions.close();
    expect(await countedOf(tokenId)).toEqual([`ToggleFlag ${dev('a')} 1 0`, 'DeleteProject project/shop 0 1']);
  });

  it('are taken from siblings with their polls, of the organizations of their credential (TENANT-WALL)', async () => {
    const { tokenId } = await issue('counted by a sibling');
    const decisions = recorder();
    const told = {
      ...{ organizationId: 'acme', tokenId, action: 'ToggleFlag', resource: dev('a'), folded: false },
      ...{ allowedCount: 40, deniedCount: 2 },
    };
    const poll = (organizationIds: readonly string[] | undefined, ...counted: (typeof told)[]) =>
      installation.verifier(organizationIds, { decisions }).verify.poll({ registration: null, decisions: counted });
    await poll(['acme'], told, { ...told, resource: dev('*'), folded: true });
    await poll(undefined, told);
    await poll(['globex'], told);
    // It may speak for its own organization; the token is another one's.
    await poll(['globex'], { ...told, organizationId: 'globex' });
    await decisions.close();
    expect(await countedOf(tokenId)).toEqual([`ToggleFlag ${dev('a')} 80 4`, `ToggleFlag (${dev('*')}) 40 2`]);
    const rows = await installation.sql("select 1 from latchkey.decision_count where organization_id = 'globex'");
    expect(rows).toEqual([]);
  });

  it.each([
    ['a longer name than is counted', { resource: 'r'.repeat(257) }],
    ['a negative count', { allowedCount: -1 }],
    ['a count that nobody can have counted', { deniedCount: 1e12 }],
    ['a field that nobody asked for', { secret: 'x' }],
  ])('are refused from a sibling that tells %s', async (_, bent) => {
    const told = { organizationId: 'acme', tokenId: 'aB30000000000000', action: 'X', resource: 'r', folded: false };
    const decisions = [{ ...told, allowedCount: 1, deniedCount: 0, ...bent }];
    const refused = await refusal(installation.verifier().verify.poll({ registration: null, decisions }));
    expect(refused.code).toBe('BAD_INPUT');
  });

  it('are counted where the token manages tokens itself: it needs those permissions too', async () => {
    const dana = await installation.member('acme', 'dana');
    const { token, tokenText } = await dana.tokens.issue({
      name: 'manages',
      permissions: { type: 'inherit', manageTokens: true },
    });
    const decisions = recorder();
    const found = await authenticateToken(installation.deps, { text: tokenText, address: null, client: null });
    if (!found.accepted) throw new Error('refused');
    const caller = installation.as(found.principal, { decisions });
    await caller.tokens.issue({ name: 'child' });
    // What is shown is not used.
    await caller.permissions.mine();
    expect((await refusal(caller.settings.update({ maxGraceMs: 1 } as never))).code).toMatch(/NOT_ALLOWED|BAD_INPUT/);
    await refusal(caller.members.remove({ memberId: 'olivia' }));
    await decisions.close();
    const counted = await countedOf(token.tokenId);
    expect(counted.filter((line) => line.endsWith(' 0')).map((line) => line.split(' ')[0])).toEqual([
      'ManagePersonalAccessTokens',
    ]);
    expect(counted.filter((line) => !line.endsWith(' 0')).map((line) => line.split(' ')[0])).toEqual(['CanManageIAM']);
  });
});

describe('the recorder', () => {
  const token = { organizationId: 'acme', tokenId: 'token-1' };
  const note = (decisions: ReturnType<typeof createDecisionRecorder>, resource: string) =>
    decisions.note({ token, layers: [] } as never, { action: 'X', resource }, 'allow');
  const recording = (record: (counted: readonly DecisionCount[]) => Promise<void>) =>
    createDecisionRecorder({ store: { usage: { record } as never }, clock: { now: () => NOW }, logger });

  it('keeps what an outage kept it from writing, and writes it once', async () => {
    let away = true;
    const written: string[] = [];
    const decisions = recording(async (counted) => {
      if (away) throw new StoreUnavailable('away');
      written.push(...counted.map(({ resource, allowedCount }) => `${resource} ${allowedCount}`));
    });
    note(decisions, 'a');
    await decisions.close();
    note(decisions, 'a');
    note(decisions, 'b');
    away = false;
    await decisions.close();
    await decisions.close();
    expect(written).toEqual(['a 1', 'a 1', 'b 1']);
  });

  it('gives up what can’t be written, and goes on with the rest', async () => {
    const written: string[] = [];
    const decisions = recording(async (counted) => {
      if (counted.some(({ resource }) => resource === 'odd')) throw new TypeError('odd');
      written.push(...counted.map(({ resource }) => resource));
    });
    note(decisions, 'odd');
    await decisions.close();
    note(decisions, 'a');
    await decisions.close();
    expect(written).toEqual(['a']);
  });
});
