import type { SettingsView } from '@latchkey/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FarSide, startFarSide } from './far-side.ts';
import { errorOf, run } from './latchkey-process.ts';
import { tokenText } from './token-text.ts';
import { rotatedView, TOKEN_ID, tokenView, whoamiView } from './token-views.ts';

let far: FarSide;
let variables: Record<string, string>;
const REVEALED = tokenText();
beforeAll(async () => {
  far = await startFarSide();
  variables = { LATCHKEY_URL: far.url, LATCHKEY_TOKEN: tokenText() };
  far.on('self.whoami', () => ({ data: whoamiView() }));
});
afterAll(() => far.stop());

const latchkey = (...args: string[]) => run(args, variables);
const lastInput = (procedure: string) => far.calls.findLast((call) => call.procedure === procedure)?.input;

it.each([
  ['clone', 'tokens.clone', { token: tokenView(), tokenText: REVEALED }],
  ['hand-over', 'tokens.handOver', { token: tokenView(), tokenText: REVEALED, settled: true, settledMs: 0 }],
] as const)(
  'token %s hands the new secret on like any other, and sends what was said',
  async (verb, procedure, data) => {
    far.on(procedure, () => ({ data }));
    const { code, out } = await latchkey(
      'token',
      verb,
      TOKEN_ID,
      'staging',
      '--expires',
      '90d',
      '--address',
      '192.0.2.0/24',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ tokenText: REVEALED });
    expect(lastInput(procedure)).toEqual({
      tokenId: TOKEN_ID,
      name: 'staging',
      expiresAt: expect.stringMatching(/Z$/u),
      addressRanges: ['192.0.2.0/24'],
    });
  },
);

it('token extend takes a duration, an instant with its zone, or never', async () => {
  far.on('tokens.extend', () => ({ data: tokenView() }));
  const sent = async (when: string) => {
    expect((await latchkey('token', 'extend', TOKEN_ID, when)).code).toBe(0);
    return lastInput('tokens.extend')?.['expiresAt'];
  };
  expect(await sent('never')).toBeNull();
  expect(await sent('2027-01-31T09:00:00+09:00')).toBe('2027-01-31T00:00:00.000Z');
  expect(await sent('1d')).toMatch(/Z$/u);
  expect(errorOf(await latchkey('token', 'extend', TOKEN_ID, 'later'))).toMatchObject({ code: 'EXPIRY_INVALID' });
});

it('token cut ends the grace period of the older secret', async () => {
  far.on('tokens.cutGracePeriod', () => ({ data: { token: tokenView(), settled: true, settledMs: 3 } }));
  const { code, err } = await latchkey('token', 'cut', TOKEN_ID, '--reason', 'every host has it', '--output', 'table');
  expect([code, err]).toEqual([0, expect.stringContaining('The older secret is refused from now on.')]);
  expect(lastInput('tokens.cutGracePeriod')).toEqual({ tokenId: TOKEN_ID, reason: 'every host has it' });
});

it('token rotate asks for a grace period that ends early', async () => {
  far.on('tokens.rotate', () => ({ data: { token: rotatedView(), tokenText: REVEALED, settled: true, settledMs: 0 } }));
  await latchkey('token', 'rotate', TOKEN_ID, '--cut-when-silent', '1h');
  expect(lastInput('tokens.rotate')).toMatchObject({ cutWhenSilentMs: 3_600_000 });
});

it('settings set sends JSON and plain words, says what a change would mean, and refuses what is no setting', async () => {
  const settings: SettingsView = {
    expiryDemanded: { personal: false, service: false },
    maxLifetimeDays: { personal: null, service: null },
    defaultLifetimeDays: { personal: null, service: null },
    maxGraceMs: 604_800_000,
    rotationAgeDays: 90,
    reminderDays: [30, 7, 1],
    idleDays: 90,
    addressRanges: [],
    lateUse: 'record',
    maxTokens: { ofMember: null, ofOrganization: null },
    told: { owner: true, administrators: false },
    auditKeptDays: null,
  };
  far.on('settings.update', () => ({
    data: {
      ...{ settings, revision: 0, dryRun: true, changed: ['idleDays'] },
      outOfBounds: { items: [], total: 3 },
      overLimit: [{ memberId: 'dana', count: 12 }],
    },
  }));
  const { code, err } = await latchkey(
    ...['settings', 'set', 'idleDays=90', 'lateUse=deactivate', 'maxTokens={"ofMember":10,"ofOrganization":null}'],
    ...['--dry-run', '--output', 'table'],
  );
  expect(code).toBe(0);
  expect(lastInput('settings.update')).toEqual({
    idleDays: 90,
    lateUse: 'deactivate',
    maxTokens: { ofMember: 10, ofOrganization: null },
    dryRun: true,
  });
  expect(err).toContain('3 tokens could not be issued like this any more. They go on.');
  expect(err).toContain('1 members have more tokens than the limit.');
  expect(err).toContain('this was a dry run');
  for (const bad of ['idleDays', '=90', 'idleDays={', '__proto__ =1']) {
    expect(errorOf(await latchkey('settings', 'set', bad))).toMatchObject({ code: 'SETTING_INVALID' });
  }
  far.on('settings.get', () => ({ data: { settings, revision: 4 } }));
  expect(JSON.parse((await latchkey('settings', 'get')).out)).toEqual({ settings, revision: 4 });
});

it('member removal-report shows what has ended, what goes on, and who took over', async () => {
  const token = { tokenId: TOKEN_ID, name: 'deploy', lastUsedAt: '2027-01-02T03:04:05.000Z', handedOverTo: null };
  const event = {
    ...{ eventId: 'e', at: '2027-01-03T00:00:00.000Z', action: 'member.removal_reported', reason: null },
    ...{ actor: { type: 'worker', id: 'w' }, target: { type: 'member', id: 'dana' } },
    ...{ address: null, client: null, requestId: null },
    details: {
      removedBy: { type: 'member', id: 'olivia' },
      ended: { total: 12, items: [{ ...token, handedOverTo: 'aB3takesOver00001' }] },
      goingOn: { total: 1, items: [{ ...token, name: 'service', lastUsedAt: null }] },
    },
  };
  far.on('audit.list', () => ({ data: { items: [event], nextCursor: null, dropped: null } }));
  const { code, out, err } = await latchkey('member', 'removal-report', 'dana', '--output', 'table');
  expect(code).toBe(0);
  expect(out).toMatch(/deploy\s+ended\s.*aB3takesOver00001/u);
  expect(out).toMatch(/service\s+goes on\s+never/u);
  expect(err).toContain('12 tokens ended with this member; 1 service tokens go on.');
  expect(lastInput('audit.list')).toEqual({ action: 'member.removal_reported', targetId: 'dana', limit: 1 });
  far.on('audit.list', () => ({ data: { items: [], nextCursor: null, dropped: null } }));
  const none = await latchkey('member', 'removal-report', 'dana');
  expect(errorOf(none)).toMatchObject({ code: 'NO_REMOVAL_REPORT', exitCode: 3 });
});

it('member preview-removal shows what ends and what goes on, and by what it is used', async () => {
  const token = {
    ...{ tokenId: TOKEN_ID, name: 'deploy', status: 'active', expiresAt: null },
    ...{ lastUsedAt: '2027-01-02T03:04:05.000Z', lastUsedAddress: '192.0.2.1', lastUsedClient: 'deploy/1.0' },
  };
  const data = {
    ending: { items: [token], total: 1 },
    goingOn: { items: [{ ...token, name: 'service', lastUsedAt: null, lastUsedAddress: null }], total: 1 },
  };
  far.on('members.previewRemoval', () => ({ data }));
  const { code, out, err } = await latchkey('member', 'preview-removal', 'dana', '--output', 'table');
  expect(code).toBe(0);
  expect(out).toMatch(/deploy\s+ends\s+active.*192\.0\.2\.1\s+deploy\/1\.0/u);
  expect(out).toMatch(/service\s+goes on/u);
  expect(err).toContain('1 tokens end with this member.');
});
