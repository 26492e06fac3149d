import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenView } from '@latchkey/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FarSide, startFarSide } from './far-side.ts';
import { errorOf, run } from './latchkey-process.ts';
import { secretOf, tokenText } from './token-text.ts';
import { TOKEN_ID, tokenView, whoamiView } from './token-views.ts';

const DAY = 86_400_000;
const HELD = tokenText();
const FRESH = tokenText();
let far: FarSide;
let folder: string;
let place: string;
/** Numbers of the live secrets with the text of each, newest first, and how old the newest is. */
let secrets: readonly (readonly [number, string])[];
let ageDays: number;
beforeEach(async () => {
  far = await startFarSide();
  folder = mkdtempSync(join(tmpdir(), 'latchkey-rotate-'));
  place = join(folder, 'token');
  writeFileSync(place, `${HELD}\n`, { mode: 0o600 });
  secrets = [[1, HELD]];
  ageDays = 100;
  far.on('self.whoami', () => ({ data: whoamiView(view()) }));
  far.on('settings.get', () => ({ data: settings(90) }));
  far.on('self.rotate', () => {
    secrets = [[2, FRESH], ...secrets];
    ageDays = 0;
    return { data: { token: view(), tokenText: FRESH, settled: true, settledMs: 0 } };
  });
});
afterEach(async () => {
  await far.stop();
  rmSync(folder, { recursive: true, force: true });
});

const view = (different: Partial<TokenView> = {}): TokenView => {
  const [base] = tokenView().secrets;
  if (base === undefined) throw new Error('a token has a secret');
  const createdAt = new Date(Date.now() - ageDays * DAY).toISOString();
  return tokenView({
    hint: secrets[0]?.[1].slice(-4) ?? '',
    secrets: secrets.map(([number, text]) => ({ ...base, number, hint: text.slice(-4), createdAt })),
    ...different,
  });
};
const settings = (rotationAgeDays: number | null) => ({
  revision: 0,
  settings: {
    expiryDemanded: { personal: false, service: false },
    maxLifetimeDays: { personal: null, service: null },
    defaultLifetimeDays: { personal: null, service: null },
    maxGraceMs: 604_800_000,
    rotationAgeDays,
    reminderDays: [30, 7, 1],
    idleDays: null,
    auditKeptDays: null,
    addressRanges: [],
    lateUse: 'record',
    maxTokens: { ofMember: null, ofOrganization: null },
    told: { owner: true, administrators: false },
  },
});
const latchkey = (args: readonly string[] = ['--save', place], env: Record<string, string> = {}) =>
  run(['rotate', '--due', ...args], { LATCHKEY_URL: far.url, ...env });
const presented = () => far.calls.map(({ headers }) => String(headers['authorization']).replace('Bearer ', ''));
const rotations = () => far.calls.filter(({ procedure }) => procedure === 'self.rotate').map(({ input }) => input);

describe('latchkey rotate --due', () => {
  it('replaces a secret that is old enough, in its place, and uses the new one once', async () => {
    const { code, out, err } = await latchkey();
    expect([code, readFileSync(place, 'utf8')]).toEqual([0, `${FRESH}\n`]);
    expect(statSync(place).mode & 0o777).toBe(0o600);
    // The place says what is presented, before and after.
    expect([presented()[0], presented().at(-1)]).toEqual([HELD, FRESH]);
    expect(out + err).not.toContain(secretOf(FRESH));
    expect(readdirSync(folder)).toEqual(['token']);
  });

  it('does nothing before its time, and that is no failure', async () => {
    ageDays = 89;
    const { code, out } = await latchkey();
    expect([code, JSON.parse(out)]).toMatchObject([0, { rotated: false, dueAt: expect.stringMatching(/Z$/) }]);
    expect([readFileSync(place, 'utf8'), rotations()]).toEqual([`${HELD}\n`, []]);
  });

  it.each([
    ['the organization’s age', 20, [], 0],
    ['90 days where it has none', null, [], 0],
    ['the age that is given', 20, ['--age', '5d'], 1],
  ])('goes by %s', async (_, rotationAgeDays, args, count) => {
    ageDays = 10;
    far.on('settings.get', () => ({ data: settings(rotationAgeDays) }));
    expect((await latchkey(['--save', place, ...args])).code).toBe(0);
    expect(rotations()).toHaveLength(count);
  });

  it('ONE-ROTATION: killed between answer and file, the next run asks for the same rotation, due or not', async () => {
    // The answer of the first one went nowhere: the place holds the secret before it.
    secrets = [
      [2, tokenText()],
      [1, HELD],
    ];
    ageDays = 0;
    expect((await latchkey(['--save', place, '--grace', '1h'])).code).toBe(0);
    expect(rotations()).toEqual([{ idempotencyKey: `rotate:${TOKEN_ID}:1`, graceMs: 3_600_000 }]);
    expect(readFileSync(place, 'utf8')).toBe(`${FRESH}\n`);
  });

  it('asks under the same key each time, so that a lost answer can be asked for again', async () => {
    far.on('self.rotate', () => 'hang up');
    const first = await latchkey();
    expect([first.code, errorOf(first).code]).toEqual([1, 'ROTATION_UNANSWERED']);
    await latchkey();
    expect(rotations()).toEqual(rotations().map(() => ({ idempotencyKey: `rotate:${TOKEN_ID}:1` })));
    expect(rotations()).toHaveLength(2);
    expect(readFileSync(place, 'utf8')).toBe(`${HELD}\n`);
    expect(readdirSync(folder)).toEqual(['token']);
  });

  it.each(['SECRET_SUPERSEDED', 'ALREADY_REVEALED'])('says who holds the newest one (%s)', async (code) => {
    far.on('self.rotate', () => ({ refuse: { code, httpStatus: 409 } }));
    const refused = await latchkey();
    expect([refused.code, errorOf(refused).code]).toEqual([6, 'NEWEST_HELD_ELSEWHERE']);
    expect(readFileSync(place, 'utf8')).toBe(`${HELD}\n`);
  });

  it('keeps the other lines of an env file, and presents what stands in its line', async () => {
    const env = join(folder, 'token.env');
    writeFileSync(env, `FLAGS_URL=https://flags.example\nFLAGS_TOKEN="${HELD}"\n`, { mode: 0o640 });
    const ran = await latchkey(['--save', env, '--env', 'FLAGS_TOKEN'], { LATCHKEY_TOKEN: tokenText() });
    expect(ran.code).toBe(0);
    expect(readFileSync(env, 'utf8')).toBe(`FLAGS_URL=https://flags.example\nFLAGS_TOKEN=${FRESH}\n`);
    expect(presented()[0]).toBe(HELD);
  });

  it('takes the first secret from the environment where the place has none', async () => {
    const there = join(folder, 'none-yet');
    const first = tokenText();
    secrets = [[1, first]];
    expect((await latchkey(['--save', there], { LATCHKEY_TOKEN: first })).code).toBe(0);
    expect([presented()[0], readFileSync(there, 'utf8')]).toEqual([first, `${FRESH}\n`]);
  });

  it('rotates another token that the caller manages, under a key of what the place holds', async () => {
    const caller = tokenText();
    far.on('tokens.get', () => ({ data: view() }));
    far.on('tokens.rotate', () => ({ data: { token: view(), tokenText: FRESH, settled: true, settledMs: 0 } }));
    expect((await latchkey(['--save', place, '--token', TOKEN_ID], { LATCHKEY_TOKEN: caller })).code).toBe(0);
    expect(far.calls.find(({ procedure }) => procedure === 'tokens.rotate')?.input).toEqual({
      tokenId: TOKEN_ID,
      idempotencyKey: `rotate:${TOKEN_ID}:1`,
    });
    expect(new Set(presented())).toEqual(new Set([caller]));
  });

  it('one run at a time has a place: another one steps back, and a killed one’s lock is no obstacle', async () => {
    const lock = `${place}.lock`;
    writeFileSync(lock, JSON.stringify({ pid: process.pid, host: (await import('node:os')).hostname() }));
    const second = await latchkey();
    expect([second.code, errorOf(second).code]).toEqual([6, 'PLACE_LOCKED']);
    expect(far.calls).toEqual([]);
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 7, host: (await import('node:os')).hostname() }));
    expect((await latchkey()).code).toBe(0);
    expect(existsSync(lock)).toBe(false);
  });

  it('two runs at the same moment: one rotates', async () => {
    const runs = await Promise.all([latchkey(), latchkey()]);
    expect(runs.map(({ code }) => code).every((code) => code === 0 || code === 6)).toBe(true);
    expect(runs.some(({ code }) => code === 0)).toBe(true);
    expect(rotations()).toHaveLength(1);
    expect(readFileSync(place, 'utf8')).toBe(`${FRESH}\n`);
  });

  it('warns of a token that itself expires soon: rotating does not extend it', async () => {
    ageDays = 1;
    far.on('self.whoami', () => ({
      data: whoamiView(view({ expiresAt: new Date(Date.now() + 2 * DAY).toISOString() })),
    }));
    const { code, err } = await latchkey();
    expect([code, JSON.parse(err)]).toMatchObject([0, { warning: { code: 'EXPIRES_SOON' } }]);
  });

  it('refused by the API it says why by its exit code, and the place stays', async () => {
    far.on('self.whoami', () => ({ refuse: { code: 'UNAUTHORIZED', httpStatus: 401 } }));
    expect((await latchkey()).code).toBe(4);
    far.on('self.whoami', () => ({ data: whoamiView(view()) }));
    far.on('self.rotate', () => ({
      refuse: { code: 'ROTATION_IN_GRACE', httpStatus: 409, details: { graceEndsAt: '2027-01-01T00:00:00.000Z' } },
    }));
    expect((await latchkey()).code).toBe(6);
    expect([readFileSync(place, 'utf8'), readdirSync(folder)]).toEqual([`${HELD}\n`, ['token']]);
  });
});
