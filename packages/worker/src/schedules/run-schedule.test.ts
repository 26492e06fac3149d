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
  runSchedule({ store: installation.workerStore }, name, now, signal);

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

const eventsOf = (targetId: string) =>
  installation.store.audit.list(installation.organizationId, { filter: { targetId }, limit: 20 });

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
      () =>
        installation.query(
          `insert into latchkey.change (organization_id, subject, subject_id)
           select $1, 'token', n::text from generate_series(1, 12000) as n`,
          [installation.organizationId],
        ),
      12_000,
    );
  });
});

describe('tidy-outbox', () => {
  it('forgets what became a job a day ago, and nothing that waits or is dead', async () => {
    const add = () =>
      installation.query(
        `insert into latchkey.outbox_message (organization_id, name, payload, relayed_at, dead_at)
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

it('a tick of a schedule that nobody knows here is refused', async () => {
  for (const name of ['schedule-of-next-year', '__proto__', 'constructor', '']) {
    expect(await runSchedule({ store: installation.workerStore }, name, 0, never)).toMatchObject({
      outcome: 'refused',
    });
  }
});
