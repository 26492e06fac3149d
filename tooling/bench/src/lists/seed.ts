import type pg from 'pg';

export const ORGANIZATION = 'acme';

/** What the seeded tokens have many, some and few of: the filters ask for these. */
export const SEEDED = {
  /** Thousands of a million. */
  busyMember: 'm0',
  /** About a dozen. */
  quietMember: 'm19999',
  commonWord: 'deploy',
  /** In every two hundredth. */
  someWord: '777',
  /** In one name of them all. */
  rareWord: 'deploy 777777',
} as const;

const FROZEN = {
  type: 'frozen',
  dialect: 'featbit',
  source: { type: 'statements' },
  policies: [
    {
      name: 'statements',
      statements: [
        {
          resourceType: 'flag',
          effect: 'allow',
          actions: ['ToggleFlag', 'UpdateFlagName'],
          resources: ['project/shop:env/*:flag/*'],
        },
        { resourceType: 'flag', effect: 'deny', actions: ['CopyFlagTo'], resources: ['project/*:env/*:flag/*'] },
      ],
    },
  ],
  attributes: {},
};

/**
 * So many tokens of one organization, as three years leave them behind: a third service tokens, owners of whom few have
 * much, most of the old ones revoked or expired, some never used, some never expiring. Always the same ones.
 */
export const seedTokens = async (client: pg.Client, count: number): Promise<void> => {
  // Each trigger of a row would look its organization up.
  await client.query('set session_replication_role = replica');
  await client.query('select setseed(0.42)');
  for (const [organizationId, key] of [
    [ORGANIZATION, 'acm'],
    ['globex', 'glo'],
  ]) {
    await client.query(
      `insert into latchkey.organization (organization_id, name, routing_key, created_at, max_grace_ms)
       values ($1, $1, $2, now(), 604800000)`,
      [organizationId, key],
    );
  }
  await insertTokens(client, ORGANIZATION, 'acm', count);
  // Somebody else's, in the same indexes.
  await insertTokens(client, 'globex', 'glo', Math.ceil(count / 20));
  await client.query(`
    insert into latchkey.secret (organization_id, token_id, number, digest, spent, pepper_id, tag_key_id, hint, created_at,
                                 superseded_at, accepted_until, first_used_at, last_used_at)
      select organization_id, token_id, n, sha256((token_id || n)::bytea), state = 'revoked', 'pepper', 'tag', 'abcd', created_at,
             case when n < newest then now() end, case when n < newest then now() + interval '1 day' end,
             last_used_at, last_used_at
        from latchkey.token t
       cross join lateral (select case when hashtext(token_id) % 20 = 0 then 2 else 1 end as newest) r
       cross join lateral generate_series(1, newest) n`);
  // What the trigger of a token does.
  await client.query(`
    insert into latchkey.token_name (organization_id, token_id, name_key, grams)
      select organization_id, token_id, name_key, array(
        select distinct left(token_id, 3) || substr(name_key, i, n)
          from generate_series(1, char_length(name_key) - 1) i cross join (values (2), (3)) size (n)
         where i + n - 1 <= char_length(name_key) and (n = 3 or octet_length(substr(name_key, i, 2)) > 2))
        from latchkey.token`);
  await client.query('set session_replication_role = origin');
  await client.query('vacuum analyze latchkey.token, latchkey.token_name, latchkey.secret');
};

const insertTokens = (client: pg.Client, organizationId: string, key: string, count: number) =>
  client.query(
    `insert into latchkey.token (organization_id, token_id, kind, name, name_key, state, owner_id, issuer_type, issuer_id,
                                 permissions, address_ranges, created_at, expires_at, deactivated_at, deactivated_because,
                                 revoked_at, last_used_at, installation_mark, organization_mark, owner_mark)
     select $1, $2 || substr(md5($1 || g), 1, 13), kind, name, name, state,
            case when kind = 'personal' then 'm' || member end, 'member', 'm' || member,
            (case when kind = 'personal' then '{"type":"inherit","manageTokens":false}' else $4 end)::json, '{}',
            created_at, expires_at,
            case when state = 'inactive' then now() end, case when state = 'inactive' then 'asked' end,
            case when state = 'revoked' then created_at + (now() - created_at) / 2 end,
            case when used < 0.7 then created_at + (now() - created_at) * used end, 0, 0, 0
       from (
         select g,
                case when random() < 0.3 then 'service' else 'personal' end as kind,
                floor(20000 * power(random(), 3))::int as member,
                (array['deploy', 'report', 'terraform', 'laptop', 'incident bot', 'SDK of'])[1 + g % 6] || ' ' || g as name,
                case when random() < 0.4 * (1 - g::float8 / $3) then 'revoked'
                     when random() < 0.01 then 'inactive' else 'active' end as state,
                at as created_at,
                case when random() < 0.6 then at + (1 + random() * 364) * interval '1 day' end as expires_at,
                random() as used
           from generate_series(1, $3::int) g
          cross join lateral (select now() - interval '3 years' * (1 - g::float8 / $3) as at) c
       ) seeded`,
    [organizationId, key, count, JSON.stringify(FROZEN)],
  );
