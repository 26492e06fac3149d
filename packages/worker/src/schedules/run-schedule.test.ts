import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, openInstallation } from '../../test/installation.ts';
import { addMember } from '../../test/removal.ts';
import { runSchedule, type ScheduleName } from './run-schedule.ts';

const never = new AbortController().signal;
const HOUR = 3_600_000;
let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.close());

/** With the rights of the worker's role and no more. */
const tick = (name: ScheduleName, now = Date.now(), signal = never) =>
  runSchedule(
    { store: installation.workerStore, channels: ['mail'], tombstoneDays: 400, usageDays: 90 },
    name,
    now,
    signal,
  );

const effects = (results: readonly Awaited<ReturnType<typeof tick>>[]) =>
  results.map((result) => ('effectCount' in result ? result.effectCount : Number.NaN));

/** ONE-EFFECT: what is made is done once by three ticks in series, and once by three at the same time. */
const hasOneEffect = async (name: ScheduleName, make: () => Promise<unknown>, count: number, now?: number) => {
  await make();
  expect(effects([await tick(name, now), await tick(name, now), await tick(name, now)])).toEqual([count, 0, 0]);
  await make();
  const parallel = effects(await Promise.all([tick(name, now), tick(name, now), tick(name, now)]));
  expect(parallel.reduce((sum, each) => sum + each)).toBe(count);
};

const tokensOf = async (memberId: string) =>
  (
    await installation.query<{ token_id: string }>(
      `select token_id from latchkey.token where owner_id = $1 order by token_id`,
      [memberId],
    )
  ).map(({ token_id }) => token_id);

/** Of what happened to it since its issue. */
const eventsOf = async (targetId: string) => {
  const events = await installation.store.audit.list(installation.organizationId, { filter: { targetId }, limit: 20 });
  return events.filter(({ action }) => action !== 'token.issued');
};

/** A member's tokens, each rotated an hour ago to be cut after a minute's silence, the new secret in use since. */
const addRotated = async (tokenCount: number) => {
  const memberId = await addMember(installation, tokenCount);
  await installation.query(
    `insert into latchkey.secret (organization_id, token_id, number, digest, pepper_id, tag_key_id, hint, created_at,
       superseded_at, accepted_until, first_used_at, cut_when_silent_ms)
     select $1, token_id, number, decode(repeat('ab', 32), 'hex'), 'p', 't', 'hint', now() - interval '2 h',
            case number when 1 then now() - interval '1 h' end, case number when 1 then now() + interval '1 h' end,
            case number when 2 then now() - interval '1 h' end, case number when 1 then 60000 end
       from latchkey.token, generate_series(1, 2) as number where owner_id = $2`,
    [installation.organizationId, memberId],
  );
  return tokensOf(memberId);
};

describe('end-grace-periods', () => {
  it('cuts each silent secret once, with one audit event and one change', async () => {
    const made: string[] = [];
    await hasOneEffect('end-grace-periods', async () => made.push(...(await addRotated(130))), 130);
    for (const tokenId of [made[0], made.at(-1)]) {
      expect(await eventsOf(tokenId ?? '')).toMatchObject([
        { actor: { type: 'worker' }, action: 'token.grace_period_cut', details: { cut: [1] } },
      ]);
    }
    // DEAD-ON-RETURN: every verifier hears of each.
    const [row] = await installation.query(
      'select count(*)::int as count, count(distinct subject_id)::int as tokens from latchkey.change where subject_id = any ($1)',
      [made],
    );
    expect(row).toEqual({ count: 260, tokens: 260 });
  });

  it('told to stop takes no further slice', async () => {
    await addRotated(1);
    expect(await tick('end-grace-periods', Date.now(), AbortSignal.abort())).toEqual({
      outcome: 'interrupted',
      effectCount: 0,
    });
    expect(await tick('end-grace-periods')).toEqual({ outcome: 'done', effectCount: 1 });
  });
});

describe('prune-changes', () => {
  it('leaves nothing that everybody has applied, in slices', async () => {
    await installation.query('delete from latchkey.change');
    await hasOneEffect(
      'prune-changes',
      async () => {
        await installation.query(
          `insert into latchkey.change (organization_id, subject, subject_id)
           select $1, 'token', n::text from generate_series(1, 12000) as n`,
          [installation.organizationId],
        );
        await installation.transactionsEnded();
      },
      12_000,
    );
  }, 300_000);
});

describe('tidy-outbox', () => {
  it('forgets what was done a day ago, and nothing that waits or is dead', async () => {
    const add = () =>
      installation.query(
        `insert into latchkey.outbox_message (organization_id, name, payload, done_at, dead_at)
         select $1, 'cascade-member-removal', '{}',
                case when n <= 2100 then now() - interval '25 h' when n = 2101 then now() - interval '23 h' end,
                case when n = 2102 then now() - interval '25 h' end
           from generate_series(1, 2103) as n`,
        [installation.organizationId],
      );
    await hasOneEffect('tidy-outbox', add, 2_100);
    expect(await installation.query('select 1 from latchkey.outbox_message')).toHaveLength(6);
  });
});

describe('tidy-idempotency-keys', () => {
  it('forgets keys of a day ago', async () => {
    const now = Date.now();
    const add = () =>
      installation.query(
        `insert into latchkey.idempotency_key (organization_id, actor_type, actor_id, procedure, key, digest, kept, created_at)
         select $1, 'member', 'ada', 'tokens.issue', gen_random_uuid()::text, decode(repeat('ab', 32), 'hex'), 'null',
                to_timestamp($2::float8 / 1000) - case when n <= 1500 then interval '25 h' else interval '23 h' end
           from generate_series(1, 1501) as n`,
        [installation.organizationId, now],
      );
    await hasOneEffect('tidy-idempotency-keys', add, 1_500, now);
    expect(effects([await tick('tidy-idempotency-keys', now + 2 * HOUR)])).toEqual([2]);
  });
});

const DAY = 24 * HOUR;
const settle = (chosen: object) =>
  installation.query(
    `insert into latchkey.settings (organization_id, chosen, revision) values ($1, $2, 1)
     on conflict (organization_id) do update set chosen = $2`,
    [installation.organizationId, chosen],
  );
/** A member's tokens, issued so many days ago, with one secret each. */
const addTokens = async (tokenCount: number, ageDays: number, expiresInDays: number | null = null) => {
  const memberId = await addMember(installation, tokenCount);
  await installation.query(
    `update latchkey.token set expires_at = now() + $2::float8 * interval '24 h' where owner_id = $1`,
    [memberId, expiresInDays],
  );
  await installation.query(`alter table latchkey.token disable trigger is_itself`);
  await installation.query(
    `update latchkey.token set created_at = now() - $2::float8 * interval '24 h' where issuer_id = $1`,
    [memberId, ageDays],
  );
  await installation.query(`alter table latchkey.token enable trigger is_itself`);
  await installation.query(
    `insert into latchkey.secret (organization_id, token_id, number, digest, pepper_id, tag_key_id, hint, created_at)
     select $1, token_id, 1, decode(repeat('ab', 32), 'hex'), 'p', 't', 'hint', created_at
       from latchkey.token where owner_id = $2`,
    [installation.organizationId, memberId],
  );
  return { memberId, tokenIds: await tokensOf(memberId) };
};
const statesOf = async (memberId: string) =>
  (
    await installation.query<{ state: string; because: string | null }>(
      'select distinct state, deactivated_because as because from latchkey.token where owner_id = $1',
      [memberId],
    )
  ).map(({ state, because }) => (because === null ? state : `${state} ${because}`));

describe('expire-tokens', () => {
  it('writes into the audit trail once that an expiry has come, and changes no state', async () => {
    const made: Awaited<ReturnType<typeof addTokens>>[] = [];
    await hasOneEffect('expire-tokens', async () => made.push(await addTokens(700, 10, -1)), 700);
    const { memberId, tokenIds } = made[0] ?? { memberId: '', tokenIds: [] };
    expect(await eventsOf(tokenIds[0] ?? '')).toMatchObject([
      { actor: { type: 'worker', id: 'expire-tokens' }, action: 'token.expired' },
    ]);
    expect(await statesOf(memberId)).toEqual(['active']);
    // Another expiry is another matter.
    await installation.query(`update latchkey.token set expires_at = now() - interval '1 h' where token_id = $1`, [
      tokenIds[0],
    ]);
    expect(effects([await tick('expire-tokens')])).toEqual([1]);
  });
});

describe('remind', () => {
  const jobs = async (memberId: string) =>
    (
      await installation.query<{ count: number }>(
        `select count(*)::int as count from latchkey.outbox_message
          where name = 'deliver-reminder' and payload ->> 'tokenId' in
            (select token_id from latchkey.token where owner_id = $1)`,
        [memberId],
      )
    )[0]?.count;

  it('makes each reminder once, with the work of delivering it', async () => {
    await settle({ rotationAgeDays: null, reminderDays: [30, 7, 1] });
    let memberId = '';
    const make = async () => {
      ({ memberId } = await addTokens(40, 100, 20));
    };
    await hasOneEffect('remind', make, 80);
    expect(await jobs(memberId)).toBe(80);
  });

  it('after days without a worker tells the nearest threshold alone', async () => {
    await installation.query('update latchkey.token set expires_at = null');
    await settle({ rotationAgeDays: null, reminderDays: [30, 7, 1] });
    const { memberId } = await addTokens(1, 100, 20);
    expect(effects([await tick('remind')])).toEqual([2]);
    expect(effects([await tick('remind', Date.now() + 19.5 * DAY)])).toEqual([2]);
    expect(await jobs(memberId)).toBe(4);
    const rows = await installation.query<{ threshold_days: number }>(
      `select distinct threshold_days from latchkey.reminder r join latchkey.token t using (organization_id, token_id)
        where t.owner_id = $1 order by 1`,
      [memberId],
    );
    expect(rows.map(({ threshold_days }) => threshold_days)).toEqual([1, 30]);
  });

  it('tells of old secrets, as the organization asks for', async () => {
    await settle({ rotationAgeDays: 90, reminderDays: [] });
    await addTokens(3, 89);
    const now = Date.now();
    await tick('remind', now);
    expect(effects([await tick('remind', now)])).toEqual([0]);
    expect(effects([await tick('remind', now + 2 * DAY)])).toEqual([6]);
  });
});

describe('deactivate-idle', () => {
  it('deactivates what is unused, each only after its warning has stood, with one audit event and one change', async () => {
    await settle({ idleDays: 30, rotationAgeDays: null, reminderDays: [] });
    const { memberId, tokenIds } = await addTokens(120, 60);
    const used = await addTokens(1, 60);
    await installation.query(`update latchkey.secret set last_used_at = now() where token_id = any ($1)`, [
      used.tokenIds,
    ]);
    const now = Date.now();
    expect(effects([await tick('deactivate-idle', now)])).toEqual([0]);
    await tick('remind', now);
    expect(effects([await tick('deactivate-idle', now + 7 * DAY - HOUR)])).toEqual([0]);
    // ONE-EFFECT: three at once, and then three in series.
    await Promise.all([1, 2, 3].map(() => tick('deactivate-idle', now + 7 * DAY)));
    for (let again = 0; again < 3; again += 1) {
      expect(effects([await tick('deactivate-idle', now + 7 * DAY)])).toEqual([0]);
    }
    expect(await statesOf(memberId)).toEqual(['inactive idle']);
    expect(await statesOf(used.memberId)).toEqual(['active']);
    const [events] = await installation.query(
      `select count(*)::int as count, count(distinct target_id)::int as tokens from latchkey.audit_event
        where action = 'token.deactivated' and actor_type = 'worker' and details ->> 'because' = 'idle'
          and target_id = any ($1)`,
      [tokenIds],
    );
    expect(events).toEqual({ count: 120, tokens: 120 });
    // DEAD-ON-RETURN: every verifier hears of each.
    const [changes] = await installation.query(
      'select count(*)::int as count from latchkey.change where subject_id = any ($1)',
      [tokenIds],
    );
    expect(changes).toEqual({ count: 120 });

    // A token that somebody activates again is warned of again before it ends a second time.
    await installation.query(
      `update latchkey.token set state = 'active', deactivated_at = null, deactivated_because = null where token_id = $1`,
      [tokenIds[0]],
    );
    expect(effects([await tick('deactivate-idle', now + 8 * DAY)])).toEqual([0]);
    await tick('remind', now + 8 * DAY);
    expect(effects([await tick('deactivate-idle', now + 15 * DAY - HOUR)])).toEqual([0]);
    await tick('deactivate-idle', now + 15 * DAY);
    expect(await statesOf(memberId)).toEqual(['inactive idle']);
  });
});

describe('tidy-sessions', () => {
  it('forgets what has ended, sessions and links, and nothing that has not', async () => {
    const add = async () => {
      for (const [table, more] of [
        ['session', ', created_at, last_seen_at) select $1, $2, x.digest, x.at, now(), now()'],
        ['sign_in_link', ', created_at) select $1, $2, x.digest, x.at, now()'],
      ] as const) {
        await installation.query(
          `insert into latchkey.${table} (organization_id, member_id, digest, expires_at${more}
             from (select sha256(gen_random_uuid()::text::bytea) as digest,
                          now() + case when n <= 1100 then interval '-1 h' else interval '1 h' end as at
                     from generate_series(1, 1101) as n) as x`,
          [installation.organizationId, 'ada'],
        );
      }
    };
    // Three ticks at once may each find the slice of another; the ends of what stays are in the future.
    await hasOneEffect('tidy-sessions', add, 2_200);
    for (const table of ['session', 'sign_in_link']) {
      expect(await installation.query(`select 1 from latchkey.${table} where expires_at > now()`)).toHaveLength(2);
      expect(await installation.query(`select 1 from latchkey.${table}`)).toHaveLength(2);
    }
  });
});

describe('tidy-usage', () => {
  it('forgets what tokens were used for longer ago than is looked back', async () => {
    await installation.query('delete from latchkey.decision_count');
    const now = Date.now();
    const add = () =>
      installation.query(
        `insert into latchkey.decision_count (organization_id, token_id, day, action, resource, folded, allowed_count, denied_count)
         select $1, 'aB3' || n, (to_timestamp($2::float8 / 1000) at time zone 'UTC')::date - days, 'ToggleFlag',
                gen_random_uuid()::text, false, 1, 0
           from generate_series(1, 1500) as n, unnest(array[0, 90, 91, 300]) as days`,
        [installation.organizationId, now],
      );
    await hasOneEffect('tidy-usage', add, 3_000, now);
    const days = await installation.query(
      `select (to_timestamp($1::float8 / 1000) at time zone 'UTC')::date - day as age, count(*)::int as count
         from latchkey.decision_count group by 1 order by 1`,
      [now],
    );
    expect(days).toEqual([
      { age: 0, count: 3_000 },
      { age: 90, count: 3_000 },
    ]);
  });
});

describe('purge-tombstones', () => {
  /** Revoked so many days ago. */
  const addRevoked = async (tokenCount: number, days: number) => {
    const { memberId, tokenIds } = await addTokens(tokenCount, days + 10);
    await installation.query(
      `update latchkey.token set state = 'revoked', revoked_at = now() - $2::int * interval '24 h' where owner_id = $1`,
      [memberId, days],
    );
    await installation.query(
      `insert into latchkey.reminder (organization_id, token_id, kind, anchor, threshold_days, channel, created_at)
       select $1, unnest($2::text[]), 'expiry', now(), 7, 'console', now()`,
      [installation.organizationId, tokenIds],
    );
    await installation.query(
      `insert into latchkey.decision_count (organization_id, token_id, day, action, resource, folded, allowed_count, denied_count)
       select $1, unnest($2::text[]), current_date, 'ToggleFlag', '*', false, 1, 0`,
      [installation.organizationId, tokenIds],
    );
    return { memberId, tokenIds };
  };
  const leftOf = async (tokenIds: readonly string[]) =>
    (
      await installation.query(
        `select (select count(*) from latchkey.token where token_id = any ($1))::int as tokens,
                (select count(*) from latchkey.secret where token_id = any ($1))::int as secrets,
                (select count(*) from latchkey.reminder where token_id = any ($1))::int as reminders,
                (select count(*) from latchkey.decision_count where token_id = any ($1))::int as decisions`,
        [tokenIds],
      )
    )[0];

  it('removes what was revoked long ago, each with one audit event that says whose it was', async () => {
    const made: Awaited<ReturnType<typeof addRevoked>>[] = [];
    await hasOneEffect('purge-tombstones', async () => made.push(await addRevoked(450, 401)), 450);
    for (const { memberId, tokenIds } of made) {
      expect(await leftOf(tokenIds)).toEqual({ tokens: 0, secrets: 0, reminders: 0, decisions: 0 });
      expect(await eventsOf(tokenIds[0] ?? '')).toMatchObject([
        {
          actor: { type: 'worker', id: 'purge-tombstones' },
          action: 'token.purged',
          details: { kind: 'personal', ownerId: memberId, issuer: { type: 'member', id: memberId } },
        },
      ]);
      const [events] = await installation.query(
        `select count(*)::int as count from latchkey.audit_event e join latchkey.audit_unsealed using (event_id)
          where e.action = 'token.purged' and e.target_id = any ($1)`,
        [tokenIds],
      );
      expect(events).toEqual({ count: 450 });
    }
  });

  it('keeps what is younger, what was not revoked, and the parent of a token that is there', async () => {
    const young = await addRevoked(2, 399);
    const active = await addTokens(2, 900);
    const parent = await addRevoked(1, 900);
    const [parentId] = parent.tokenIds;
    const [child] = (await addTokens(1, 5)).tokenIds;
    await installation.query('alter table latchkey.token disable trigger is_itself');
    await installation.query('update latchkey.token set parent_token_id = $1 where token_id = $2', [parentId, child]);
    await installation.query('alter table latchkey.token enable trigger is_itself');
    expect(effects([await tick('purge-tombstones')])).toEqual([0]);
    for (const { tokenIds } of [young, parent])
      expect(await leftOf(tokenIds)).toMatchObject({ tokens: tokenIds.length });
    expect(await leftOf(active.tokenIds)).toMatchObject({ tokens: 2 });
  });

  it('whatever it is told, the database lets nothing go that is younger than a month, nor without its event', async () => {
    await installation.workerStore.housekeeping.purgeTombstones(installation.organizationId, 30, 100);
    const { tokenIds } = await addRevoked(1, 29);
    const purge = (days: number, limit = 100) =>
      installation.workerStore.housekeeping.purgeTombstones(installation.organizationId, days, limit);
    for (const days of [0, -1_000, 29]) expect(await purge(days)).toBe(0);
    expect(await leftOf(tokenIds)).toMatchObject({ tokens: 1 });
    // AUDIT-WITH-CAUSE: an event that can't be written keeps the row.
    const older = await addRevoked(1, 60);
    await installation.query(
      `alter table latchkey.audit_event add constraint none_today check (action <> 'token.purged') not valid`,
    );
    await expect(purge(30)).rejects.toThrow(/none_today/);
    await installation.query('alter table latchkey.audit_event drop constraint none_today');
    expect(await leftOf(older.tokenIds)).toMatchObject({ tokens: 1 });
  });
});

describe('warn-of-grace-end', () => {
  it('warns once of each older secret that is in use near its end, with the work of delivering it', async () => {
    await installation.query('delete from latchkey.secret where superseded_at is not null');
    await settle({ rotationAgeDays: null, reminderDays: [] });
    const made: string[] = [];
    const make = async () => {
      made.push(...(await addRotated(60)));
      await installation.query(
        `update latchkey.secret set last_used_at = accepted_until - interval '10 s', cut_when_silent_ms = null
          where number = 1 and token_id = any ($1)`,
        [made],
      );
    };
    const near = () => Date.now() + 0.9 * HOUR;
    await hasOneEffect('warn-of-grace-end', make, 120, near());
    const [jobs] = await installation.query(
      `select count(*)::int as count, count(distinct payload ->> 'tokenId')::int as tokens from latchkey.outbox_message
        where payload ->> 'kind' = 'grace' and payload ->> 'tokenId' = any ($1)`,
      [made],
    );
    expect(jobs).toEqual({ count: 240, tokens: 120 });
  });
});

describe('tidy-notifications', () => {
  it('forgets what was told long ago', async () => {
    const add = () =>
      installation.query(
        `insert into latchkey.notification (organization_id, member_id, notification_id, kind, content, created_at)
         select $1, 'ada' || n % 20, gen_random_uuid()::text, 'expiry', '{}',
                now() - case when n <= 1500 then interval '91 d' else interval '1 d' end
           from generate_series(1, 1510) as n`,
        [installation.organizationId],
      );
    await hasOneEffect('tidy-notifications', add, 1_500);
    expect(await installation.query('select 1 from latchkey.notification')).toHaveLength(20);
  });
});

it('a tick of a schedule that nobody knows here is refused', async () => {
  for (const name of ['schedule-of-next-year', '__proto__', 'constructor', '']) {
    expect(
      await runSchedule(
        { store: installation.workerStore, channels: [], tombstoneDays: 400, usageDays: 90 },
        name,
        0,
        never,
      ),
    ).toMatchObject({
      outcome: 'refused',
    });
  }
});
