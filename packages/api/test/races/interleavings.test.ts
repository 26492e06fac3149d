import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Caller, type Installation, openInstallation } from '../installation.ts';
import { outcomeOf } from './in-order.ts';

// Some dozens of rounds in every run, a thousand with LATCHKEY_DEEP=1. Who begins is drawn the same each time; how the calls
// interleave is PostgreSQL's and this machine's.
const ROUNDS = process.env['LATCHKEY_DEEP'] === '1' ? 1_000 : 25;

let installation: Installation;
let olivia: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  olivia = await installation.member('acme', 'olivia');
});
afterAll(() => installation.close());

/** The same draws at every run (xorshift32). */
const draws = (seed: number) => {
  let state = seed | 1;
  return (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

const verify = (presentedToken: string) => installation.verifier().verify.verify({ presentedToken });

interface Row {
  readonly state: string;
  readonly live: number;
  readonly gone: boolean;
}

const rowOf = async (tokenId: string): Promise<Row | undefined> => {
  const [row] = await installation.sql<Row>(
    `select t.state, g.closed_at is not null as gone,
            (select count(*)::int from latchkey.secret s where s.token_id = t.token_id and not s.spent
                and (s.accepted_until is null or s.accepted_until > clock_timestamp())) as live
       from latchkey.token t left join latchkey.owner_gate g
         on g.organization_id = t.organization_id and g.member_id = t.owner_id
      where t.token_id = ?`,
    [tokenId],
  );
  return row;
};

it('TERMINAL, GATE-FIRST, ONE-ROTATION: whatever is done to a token and its owner at once, what has ended stays ended', async () => {
  const draw = draws(20_270_101);
  const seen = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const email = `round-${round}@acme.example`;
    const { memberId } = await olivia.members.add({ email, name: 'Rae', policyIds: ['developer'] });
    const rae = await installation.member('acme', memberId);
    const { token, tokenText } = await rae.tokens.issue({ name: `round ${round}` });
    const { tokenId } = token;
    const bearer = await installation.token(tokenText);
    const texts = [tokenText];
    let names = 0;
    const issued: string[] = [];
    const reveal = async (answer: Promise<{ readonly tokenText: string }>) => {
      const { tokenText: text } = await answer;
      texts.push(text);
    };
    const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
      rotate: () => reveal(rae.tokens.rotate({ tokenId, cutOlder: draw(2) === 0 })),
      'rotate itself': () => reveal(bearer.self.rotate({ graceMs: draw(2) * 60_000, cutOlder: true })),
      'cut grace period': () => rae.tokens.cutGracePeriod({ tokenId }),
      deactivate: () => olivia.tokens.deactivate({ tokenId }),
      activate: () => rae.tokens.activate({ tokenId }),
      revoke: () => rae.tokens.revoke({ tokenId }),
      issue: async () => issued.push((await rae.tokens.issue({ name: `round ${round} ${++names}` })).tokenText),
      remove: () => olivia.members.remove({ memberId }),
      return: () => olivia.members.add({ email, name: 'Rae', policyIds: ['developer'] }),
      demote: () => olivia.members.setPolicies({ memberId, policyIds: [] }),
    };
    const known = Object.keys(deeds);
    // Mostly what starts and what hands out; now and then what ends.
    const chosen = Array.from({ length: 7 }, () => known[draw(known.length)] ?? 'rotate');
    const outcomes = await Promise.all(chosen.map((deed) => outcomeOf(deeds[deed]?.() ?? Promise.resolve())));
    for (const [index, outcome] of outcomes.entries()) {
      const what = `${chosen[index]}: ${'code' in outcome ? outcome.code : 'done'}`;
      seen.set(what, (seen.get(what) ?? 0) + 1);
    }
    const done = (deed: string) => chosen.some((each, index) => each === deed && 'answer' in (outcomes[index] ?? {}));
    const row = await rowOf(tokenId);
    expect([round, row?.gone]).toEqual([round, done('remove')]);
    if (done('revoke')) expect([round, row?.state, row?.live]).toEqual([round, 'revoked', 0]);
    expect(row?.live ?? 0).toBeLessThanOrEqual(2);
    const verdicts = await Promise.all(texts.map(verify));
    const accepted = verdicts.filter((verdict) => verdict.accepted).length;
    const serves = row?.state === 'active' && row.gone === false;
    expect([round, chosen, accepted]).toEqual([round, chosen, serves ? row.live : 0]);
    for (const text of issued) expect((await verify(text)).accepted).toBe(!done('remove'));
  }
  // How many win is the machine's affair. None of them failed, and both what hands out and what ends was done.
  const codes = new Set([...seen.keys()].map((what) => what.split(': ')[1]));
  for (const code of ['STORE_UNAVAILABLE', 'INTERNAL', 'CONFLICT']) expect(codes).not.toContain(code);
  for (const deed of ['rotate', 'revoke', 'remove', 'issue', 'activate']) {
    expect([...seen.keys()]).toContain(`${deed}: done`);
  }
}, 1_800_000);
