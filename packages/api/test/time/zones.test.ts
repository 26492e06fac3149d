import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HeldClock, openWithHeldClock } from '../held-clock.ts';
import type { Caller, Installation } from '../installation.ts';
import { refusal } from '../refusal.ts';
import { changesOf, writtenIn, ZONES } from './zones.ts';

const DAY = 86_400_000;
const START = Date.UTC(2031, 0, 1);

// The database in one zone, the process in another, and whoever writes in a third.
const DATABASE_ZONE = 'America/St_Johns';
const PROCESS_ZONE = 'Australia/Lord_Howe';

let clock: HeldClock;
let installation: Installation;
let dana: Caller;
let olivia: Caller;
const before = process.env['TZ'];
beforeAll(async () => {
  process.env['TZ'] = PROCESS_ZONE;
  clock = await openWithHeldClock(START, {
    prepare: async (adminUrl) => {
      const name = new URL(adminUrl).pathname.slice(1);
      await runAsAdmin(adminUrl, `alter database "${name}" set timezone = '${DATABASE_ZONE}'`);
    },
  });
  ({ installation } = clock);
  dana = await installation.member('acme', 'dana');
  olivia = await installation.member('acme', 'olivia');
});
afterAll(async () => {
  await installation.close();
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
});

const runAsAdmin = async (adminUrl: string, text: string): Promise<void> => {
  const { openStore } = await import('@latchkey/store');
  const admin = await openStore({ url: adminUrl, applicationName: 'api-test-zone', poolMax: 1 });
  await admin.entityManager().execute(text);
  await admin.close();
};

let names = 0;
const issue = (input: Partial<Parameters<Caller['tokens']['issue']>[0]>) =>
  dana.tokens.issue({ name: `zoned ${++names}`, ...input });
const accepts = async (presentedToken: string, instant: number) => {
  await clock.setClock(instant);
  return (await installation.verifier().verify.verify({ presentedToken })).accepted;
};
const iso = (instant: number) => new Date(instant).toISOString();

it('server, database and writer are in different zones here', async () => {
  expect(new Date(Date.UTC(2031, 6, 1)).getTimezoneOffset()).toBe(-630);
  const [row] = await installation.sql<{ zone: string }>("select current_setting('timezone') as zone");
  expect(row?.zone).toBe(DATABASE_ZONE);
});

const edges = ZONES.flatMap((zone) =>
  changesOf(zone, 2031).flatMap(({ at, by }) => [
    { zone, what: by > 0 ? 'the gap' : 'the overlap', at },
    // The hour that is there twice, and the one behind the gap.
    {
      zone,
      what: by > 0 ? 'an hour behind the gap' : 'an hour before the overlap',
      at: at + Math.sign(by) * 30 * 60_000,
    },
  ]),
);

describe.each(edges)('$zone, $what', ({ zone, at }) => {
  it('CLOCK-EXPIRY: a token ends at the very instant that was written, to the millisecond', async () => {
    await clock.setClock(at - 2 * DAY);
    for (const instant of [at - 1, at, at + 1]) {
      await clock.setClock(at - 2 * DAY);
      const { token, tokenText } = await issue({ expiresAt: writtenIn(zone, instant) });
      expect(token.expiresAt).toBe(iso(instant));
      expect([await accepts(tokenText, instant - 1), await accepts(tokenText, instant)]).toEqual([true, false]);
    }
  });

  it('a lifetime and a grace period are so many hours, whatever clocks on walls do meanwhile', async () => {
    const issuedAt = at - DAY / 2;
    await clock.setClock(issuedAt);
    await olivia.settings.update({ defaultLifetimeDays: { personal: 1, service: null } });
    const { token } = await issue({});
    expect(token.expiresAt).toBe(iso(issuedAt + DAY));
    const { token: other, tokenText } = await issue({ expiresAt: null });
    await dana.tokens.rotate({ tokenId: other.tokenId, graceMs: DAY });
    expect([await accepts(tokenText, issuedAt + DAY - 1), await accepts(tokenText, issuedAt + DAY)]).toEqual([
      true,
      false,
    ]);
    await olivia.settings.update({ defaultLifetimeDays: { personal: null, service: null } });
  });

  it('an hour that is there twice is two instants, and the offset says which', async () => {
    await clock.setClock(at - 2 * DAY);
    const written = [at - 3_600_000, at, at + 3_600_000].map((instant) => writtenIn(zone, instant));
    const views = await Promise.all(written.map(async (expiresAt) => (await issue({ expiresAt })).token.expiresAt));
    expect(views).toEqual([iso(at - 3_600_000), iso(at), iso(at + 3_600_000)]);
  });
});

describe('a day that some years have', () => {
  it.each(['2032-02-29T23:59:59.999Z', '2032-02-29T12:00:00+05:30', '2036-02-29T00:00:00-03:30'])(
    '%s is one',
    async (expiresAt) => {
      await clock.setClock(START);
      expect((await issue({ expiresAt })).token.expiresAt).toBe(iso(Date.parse(expiresAt)));
    },
  );

  it.each([
    '2031-02-29T12:00:00Z',
    '2100-02-29T12:00:00Z',
    '2031-04-31T12:00:00Z',
    '2031-06-30T23:59:60Z',
    '2031-06-30T24:00:00Z',
    '2031-06-30T12:00:00',
    '2031-06-30T12:00:00 Europe/Berlin',
    '2031-06-30T12:00:00+24:00',
    '+012031-06-30T12:00:00Z',
    '2031-06-30',
  ])('%s is none, or nobody knows when it is', async (expiresAt) => {
    const refused = await refusal(issue({ expiresAt }));
    expect(refused).toMatchObject({ code: 'BAD_INPUT', details: { problems: [{ path: 'expiresAt' }] } });
  });

  it('a lifetime of a year from a 29th of February is 365 days', async () => {
    const leapDay = Date.UTC(2032, 1, 29, 12);
    await clock.setClock(leapDay);
    await olivia.settings.update({ maxLifetimeDays: { personal: 365, service: null } });
    const latest = leapDay + 365 * DAY;
    expect((await issue({ expiresAt: iso(latest) })).token.expiresAt).toBe('2033-02-28T12:00:00.000Z');
    expect((await refusal(issue({ expiresAt: iso(latest + 1) }))).code).toBe('EXPIRY_TOO_FAR');
    await olivia.settings.update({ maxLifetimeDays: { personal: null, service: null } });
  });
});
