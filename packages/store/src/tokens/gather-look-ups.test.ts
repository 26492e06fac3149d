import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { addOrganization, addToken, newSecret, newTokenId, T0 } from '../../test/fixtures.ts';
import { openTestStore, type TestStore } from '../../test/open-test-store.ts';
import type { Database } from '../database/database.ts';
import { StoreUnavailable } from '../unit-of-work.ts';
import { gatherLookUps, LANES, MAX_IDS, MAX_LANES, MAX_WAITING } from './gather-look-ups.ts';
import type { TokenWithSecrets } from './token-record.ts';

let it: TestStore;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  it = await openTestStore((close) => closers.push(close));
  await addOrganization(it.store, 'acme', 'aB3');
  await addOrganization(it.store, 'beta', 'aB3');
  await addOrganization(it.store, 'gamma', 'Zz9');
});
afterAll(() => Promise.all(closers.map((close) => close())));

test('look-ups that are gathered find what each would find alone, in one snapshot each', async () => {
  const tokens: TokenWithSecrets[] = [];
  for (let count = 0; count < 40; count += 1) {
    const organizationId = ['acme', 'beta', 'gamma'][count % 3] ?? 'acme';
    const tokenId = newTokenId(organizationId === 'gamma' ? 'Zz9' : 'aB3');
    const kind = count % 5 === 0 ? ('service' as const) : ('personal' as const);
    tokens.push(await addToken(it.store, { organizationId, tokenId, kind }, newSecret()));
  }
  await it.store.unitOfWork.run(async (tx) => {
    for (const { organizationId, tokenId } of tokens.slice(0, 3)) {
      const superseded = { at: T0, acceptedUntil: T0 };
      await it.store.tokens.addSecret(tx, organizationId, tokenId, newSecret({ number: 2 }), superseded);
    }
    await it.store.ownerGates.close(tx, 'acme', 'ada', T0);
    await it.store.organizations.raiseMark(tx, 'beta');
  });
  const ids = [...tokens.map(({ tokenId }) => tokenId), newTokenId(), newTokenId('Zz9'), newTokenId('000')];
  const alone = [];
  for (const id of ids) alone.push(await it.store.tokens.lookUp(id));
  const gathered = await Promise.all(ids.map((id) => it.store.tokens.lookUp(id)));
  const timeless = (found: readonly (object | null)[]) => found.map((one) => one && { ...one, now: 0 });
  expect(timeless(gathered)).toEqual(timeless(alone));
  expect(gathered.filter((found) => found === null)).toHaveLength(3);
  expect(gathered[0]?.secrets.map(({ number }) => number)).toEqual([2, 1]);
});

test('what can’t be an id is nobody’s, and harms none of those that are asked for with it', async () => {
  const { tokenId } = await addToken(it.store);
  const strange = ['', '\0', `${tokenId}\0`, '\ud800', 'x'.repeat(10_000), `${tokenId} `, "' or true --"];
  const found = await Promise.all([...strange, tokenId].map((id) => it.store.tokens.lookUp(id)));
  expect(found.map((one) => one?.token.tokenId)).toEqual([...strange.map(() => undefined), tokenId]);
});

/** A database that answers when it is told to. */
const openSlow = () => {
  const sent: { readonly ids: readonly string[]; readonly answer: PromiseWithResolvers<never[]> }[] = [];
  const database: Pick<Database, 'queryPrepared'> = {
    queryPrepared: (_name, _text, values) => {
      const answer = Promise.withResolvers<never[]>();
      sent.push({ ids: [values[0]].flat() as string[], answer });
      return answer.promise;
    },
  };
  return { sent, lookUp: gatherLookUps(database as Database) };
};

/** The end of this turn of the event loop. */
const turn = () => new Promise<void>((resume) => setImmediate(resume));

const id = (number: number) => `t${String(number).padStart(15, '0')}`;
const ids = (from: number, count: number) => Array.from({ length: count }, (_, index) => id(from + index));

test('one by itself is sent in the same turn; those that find all lanes busy share the next statement', async () => {
  const { sent, lookUp } = openSlow();
  for (let lane = 0; lane < LANES; lane += 1) {
    void lookUp(id(lane));
    await turn();
    expect(sent).toHaveLength(lane + 1);
  }
  const waiting = ids(100, 20).map(lookUp);
  await turn();
  expect(sent).toHaveLength(LANES);
  sent[0]?.answer.resolve([]);
  await vi.waitFor(() => expect(sent).toHaveLength(LANES + 1));
  expect(sent[LANES]?.ids).toEqual(ids(100, 20));
  sent[LANES]?.answer.resolve([]);
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => null));
});

test('many are shared out among the lanes, so that rows of one are read while the database looks for those of the other', async () => {
  const { sent, lookUp } = openSlow();
  const all = ids(100, 64).map(lookUp);
  await turn();
  expect(sent.map((statement) => statement.ids.length)).toEqual([32, 32]);
  expect(sent.flatMap((statement) => statement.ids)).toEqual(ids(100, 64));
  // Whoever is answered together asks together.
  const next = all.slice(0, 32).map((found, index) => found.then(() => lookUp(id(200 + index))));
  sent[0]?.answer.resolve([]);
  await turn();
  expect(sent.map((statement) => statement.ids.length)).toEqual([32, 32, 32]);
  for (const { answer } of sent) answer.resolve([]);
  await Promise.all([...all, ...next]);
});

test('an answer is never older than its question: a statement under way answers nobody who comes later', async () => {
  const { sent, lookUp } = openSlow();
  const first = lookUp(id(1));
  await turn();
  const second = lookUp(id(1));
  const third = lookUp(id(1));
  await turn();
  expect(sent).toHaveLength(2);
  // Those two were asked for before the second statement was sent: one row, one answer.
  expect(second).toBe(third);
  expect(second).not.toBe(first);
  for (const { answer } of sent) answer.resolve([]);
  expect(await Promise.all([first, second, third])).toEqual([null, null, null]);
});

test('BOUNDED-WORK: a statement that hangs leaves lanes for others, and no more wait than there is a point in', async () => {
  const { sent, lookUp } = openSlow();
  const all: Promise<unknown>[] = [];
  for (let lane = 0; lane < LANES; lane += 1) {
    all.push(lookUp(id(lane)));
    await turn();
  }
  all.push(...ids(100, MAX_IDS * 3).map(lookUp));
  await turn();
  expect(sent).toHaveLength(MAX_LANES);
  expect(sent.at(-1)?.ids).toHaveLength(MAX_IDS);
  all.push(...ids(1_000, MAX_WAITING - MAX_IDS).map(lookUp));
  await expect(lookUp(id(99_999))).rejects.toThrow(StoreUnavailable);
  // Those that wait already may be joined.
  all.push(lookUp(id(1_000)));
  const lost = new StoreUnavailable('gone');
  const settled = Promise.allSettled(all);
  for (let answered = 0; answered < sent.length; answered += 1) {
    sent[answered]?.answer.reject(lost);
    await turn();
  }
  const outcomes = await settled;
  expect(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason === lost)).toBe(true);
});

test('however many rows there are, a look-up reads by keys alone', async () => {
  await it.sql(`insert into latchkey.token (organization_id, token_id, kind, name, name_key, state, owner_id, issuer_type,
      issuer_id, permissions, address_ranges, created_at, installation_mark, organization_mark, owner_mark)
    select 'gamma', 'Zz9' || lpad(i::text, 13, '0'), 'personal', i::text, i::text, 'active', 'm' || i, 'member', 'm',
           '{"type":"inherit","manageTokens":false}', '{}', now(), 0, 0, 0 from generate_series(1, 3000) i`);
  await it.sql(`insert into latchkey.secret (organization_id, token_id, number, digest, pepper_id, tag_key_id, hint, created_at)
    select organization_id, token_id, 1, sha256(token_id::bytea), 'p', 't', 'h', now() from latchkey.token
     where organization_id = 'gamma' on conflict do nothing`);
  await it.sql(`insert into latchkey.owner_gate (organization_id, member_id)
    select 'gamma', 'm' || i from generate_series(1, 3000) i`);
  await it.sql('analyze latchkey.token, latchkey.secret, latchkey.owner_gate, latchkey.organization');
  const { LOOK_UP, LOOK_UP_MANY } = await import('./look-up.ts');
  const plan = await it.sql<{ 'QUERY PLAN': string }>(`explain (generic_plan) ${LOOK_UP}`);
  const planOfMany = await it.sql<{ 'QUERY PLAN': string }>(`explain (generic_plan) ${LOOK_UP_MANY}`);
  for (const lines of [plan, planOfMany]) {
    const text = lines.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).not.toMatch(/Seq Scan on (?:token|secret|owner_gate)/);
    expect(text).toMatch(/Index Scan.* using token_pkey/);
    expect(text).toMatch(/Index Scan.* using secret_pkey/);
    expect(text).toMatch(/using owner_gate_pkey/);
  }
});
