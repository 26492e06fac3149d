import { nameKey } from '@latchkey/core/lifecycle';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOrganization, addToken, ROUTING_KEY, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import { gramsOf } from './grams.ts';
import { type Ask, listTokens } from './list-tokens.ts';
import type { TokenPage, TokenSort } from './token-repository.ts';

/** Enough for a walk to end before its page is full. */
const COUNT = 12_000;

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
let names: ReadonlyMap<string, string>;
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store);
  await addOrganization(it.store, 'beta');
  // Every sixth is a deploy; the last hundred by age are reports; `zq` stands in three; the others have the same words.
  await it.sql(
    `insert into latchkey.token (organization_id, token_id, kind, name, name_key, state, owner_id, issuer_type, issuer_id, permissions,
                                 address_ranges, created_at, expires_at, installation_mark, organization_mark, owner_mark)
     select 'acme', $1 || substr(md5(g::text), 1, 13), 'personal', name, name, 'active', 'ada', 'member', 'ada',
            '{"type":"inherit","manageTokens":false}', '{}', to_timestamp(g), case when g % 3 = 0 then to_timestamp(4102444800 + g) end, 0, 0, 0
       from (select g, case when g > $2::int - 100 then 'report ' when g % 6 = 0 then 'deploy ' when g % 5000 = 1 then 'zq ' else 'token ' end
                       || to_char(g, 'FM000000') as name
               from generate_series(1, $2::int) g) seeded`,
    [ROUTING_KEY, COUNT],
  );
  await it.sql('analyze latchkey.token, latchkey.token_name, latchkey.secret');
  const rows = await it.sql<{ id: string; name: string }>(
    `select token_id as id, name from latchkey.token where organization_id = 'acme'`,
  );
  names = new Map(rows.map(({ id, name }) => [id, name]));
}, 120_000);
afterAll(() => Promise.all(closers.map((close) => close())));

const SORTS = ['createdAt', 'name', 'expiresAt', 'lastUsedAt'] as const satisfies readonly TokenSort[];
const page = (word: string, sort: TokenSort, direction: 'asc' | 'desc' = 'asc'): TokenPage => ({
  filter: { nameContains: word },
  sort,
  direction,
  limit: 200,
  now: T0,
});

/** Every page, one behind the other, as the API asks for them. */
const walk = async (first: TokenPage) => {
  const found: string[] = [];
  let pageCount = 0;
  let { after } = first;
  for (;;) {
    pageCount += 1;
    const { tokens, goOn } = await it.store.tokens.listSome('acme', { ...first, ...(after && { after }) });
    found.push(...tokens.map(({ tokenId }) => tokenId));
    const last = tokens.at(-1);
    const next = tokens.length === first.limit && last ? { value: last[first.sort], tokenId: last.tokenId } : goOn;
    if (next === null) return { found, pageCount };
    after = next;
  }
};

// A rare word, a frequent one, one that stands only at the far end, too short a one, and one that no name has.
test.each(['ZQ 0', 'deploy', 'report', 'zq', 'nothing'])(
  'by pages a word finds each name that holds it, once and in order, whatever the order: %s',
  async (word) => {
    const expected = [...names].filter(([, name]) => name.includes(nameKey(word))).map(([id]) => id);
    for (const sort of SORTS) {
      for (const direction of ['asc', 'desc'] as const) {
        const { found } = await walk(page(word, sort, direction));
        expect([sort, direction, found.length, new Set(found).size]).toEqual([
          sort,
          direction,
          expected.length,
          expected.length,
        ]);
        expect(new Set(found)).toEqual(new Set(expected));
        if (sort !== 'name') continue;
        const inOrder = found.map((id) => names.get(id) ?? '');
        expect(inOrder).toEqual(direction === 'asc' ? inOrder.toSorted() : inOrder.toSorted().reverse());
      }
    }
  },
  120_000,
);

test('BOUNDED-WORK: a page for a frequent word that is far away ends before it is full, and says from where to go on', async () => {
  // By name from the end: ten thousand others stand before the deploys.
  const first: TokenPage = { ...page('deploy', 'name', 'desc'), limit: 50 };
  const counts: number[] = [];
  for (let { after } = first; counts.length < 6; ) {
    const { tokens, goOn } = await it.store.tokens.listSome('acme', { ...first, ...(after && { after }) });
    counts.push(tokens.length);
    if (goOn === null) break;
    after = goOn;
  }
  expect(counts).toEqual([0, 0, 0, 0, 0, 50]);
  // Who asks for all of them waits for them.
  expect(await it.store.tokens.list('acme', first)).toHaveLength(50);
});

/** Rows that all scans of a page's statements have read, told by PostgreSQL. */
const rowsRead = async (first: TokenPage): Promise<number> => {
  const client = new pg.Client({ connectionString: it.adminUrl });
  await client.connect();
  // A table as small as this one PostgreSQL reads whole sooner than it walks.
  await client.query('set enable_seqscan = off');
  let read = 0;
  const ask: Ask = async <Row extends object>(text: string, values: readonly unknown[]) => {
    const { rows } = await client.query(`explain (analyze, format json) ${text}`, [...values]);
    read += scanned(rows[0]['QUERY PLAN'][0].Plan);
    return (await client.query<Row>(text, [...values])).rows;
  };
  try {
    await listTokens(ask, 'acme', first);
    return read;
  } finally {
    await client.end();
  }
};

interface Plan {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

const scanned = (plan: Plan): number =>
  (/^(?:Seq|Index|Index Only|Bitmap Heap) Scan$/.test(plan['Node Type'])
    ? (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
    : 0) + (plan.Plans ?? []).reduce((sum, each) => sum + scanned(each), 0);

test('BOUNDED-WORK: whatever the word, a page reads no more rows than a sample and a walk have', async () => {
  for (const sort of SORTS) {
    for (const word of ['zq 0', 'deploy', 'report', 'zq', 'q', 'nothing']) {
      const read = await rowsRead({ ...page(word, sort, 'desc'), limit: 50 });
      // 4,000 names of the sample, 2,000 tokens of a walk for each of two parts at most, and the page with its secrets.
      expect([word, sort, read <= (sort === 'name' || sort === 'createdAt' ? 6_200 : 8_200)]).toEqual([
        word,
        sort,
        true,
      ]);
    }
    // A word of three names reads the sample and those three.
    expect(await rowsRead({ ...page('zq 0', sort), limit: 50 })).toBeLessThan(4_100);
  }
}, 60_000);

test('a name and what is looked for are cut into the same pieces', async () => {
  const texts = [
    'a',
    'ab',
    'abc',
    'Deploy 2',
    '部署',
    '部署x',
    'é',
    'aé',
    '𝒳𝒴',
    'a𝒳',
    'ｆｕｌｌ',
    'ß',
    'a b',
    '%_\\',
    '👩‍💻x',
    'ﷺ',
  ];
  for (const name of texts) {
    const { tokenId } = await addToken(it.store, { organizationId: 'beta', name });
    const [row] = await it.sql<{ grams: string[] }>(
      `select grams from latchkey.token_name where organization_id = 'beta' and token_id = $1`,
      [tokenId],
    );
    expect([name, row?.grams.toSorted()]).toEqual([
      name,
      gramsOf(nameKey(name))
        .map((gram) => `${ROUTING_KEY}${gram}`)
        .toSorted(),
    ]);
  }
  for (const name of texts.filter((text) => gramsOf(nameKey(text)).length > 0)) {
    const filter = { nameContains: name };
    const found = await it.store.tokens.list('beta', { ...page('', 'name'), filter });
    expect(found.map((token) => token.name)).toContain(name);
  }
});

test('who renames a token finds it by its new name at once, and no more by the old one', async () => {
  const { tokenId } = await addToken(it.store, { organizationId: 'beta', name: 'Quokka' });
  const find = async (nameContains: string) =>
    (await it.store.tokens.list('beta', { ...page('', 'name'), filter: { nameContains } })).map((token) => token.name);
  expect(await find('quok')).toEqual(['Quokka']);
  await it.store.unitOfWork.run((tx) => it.store.tokens.update(tx, 'beta', tokenId, 1, { name: 'Wallaby' }));
  expect(await find('quok')).toEqual([]);
  expect(await find('ALLAB')).toEqual(['Wallaby']);
  // TENANT-WALL: nothing of beta is found by acme, whose routing key is the same.
  expect(await it.store.tokens.list('acme', { ...page('', 'name'), filter: { nameContains: 'wallaby' } })).toEqual([]);
});
