import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LatchkeyUnavailable } from '../../src/unavailable.ts';
import { acceptedFinding, mint, refusedFinding, snapshotAt, startNode } from './node-double.ts';

let it_: Awaited<ReturnType<typeof startNode>>;
beforeEach(async () => {
  it_ = await startNode();
});
afterEach(() => it_.stop());

/** A finding as a node of a later release may give it: with something more somewhere in it. */
const withMore = (where: 'statement' | 'policy' | 'layer' | 'finding', more: object) => {
  const statement = { effect: 'allow', actions: ['*'], resources: ['*'], ...(where === 'statement' ? more : {}) };
  const policy = { name: 'token', statements: [statement], ...(where === 'policy' ? more : {}) };
  const layer = {
    ...{ layer: 'token', key: 'more', dialect: 'featbit', policies: [policy], attributes: {} },
    ...(where === 'layer' ? more : {}),
  };
  return acceptedFinding('0000000000000000', { layers: [layer], ...(where === 'finding' ? more : {}) });
};

const isTrusted = () => it_.cached.metrics().lease === 'valid';
/** Verifies once, so that the node is followed, and lets the first poll be answered. */
const follow = async (more: object = {}) => {
  await it_.cached.verify(mint().text);
  await it_.answerPoll({ reset: true, ...more });
  await vi.waitFor(() => expect(isTrusted()).toBe(true));
  it_.node.lookUps.length = 0;
};
const asked = () => it_.node.lookUps.reduce((sum, count) => sum + count, 0);
const request = { action: 'ToggleFlag', resource: 'flag/checkout' };

describe('under a lease', () => {
  it('a token is looked up once, and decided on without asking', async () => {
    await follow();
    const { text } = it_.token();
    for (let round = 0; round < 3; round += 1) {
      const verdict = await it_.cached.verify(text);
      if (!verdict.accepted) throw new Error('refused');
      expect(verdict.token.name).toBe('ci');
      expect(await verdict.decide(request)).toEqual({ effect: 'allow' });
      expect(await verdict.decide({ ...request, action: 'RemoveFlag' })).toMatchObject({
        effect: 'deny',
        because: 'no_allow',
        layer: 'token',
        missing: { action: 'RemoveFlag', resource: 'flag/checkout' },
      });
    }
    expect(asked()).toBe(1);
  });

  it('a token is verified and decided on as one, out of memory at once', async () => {
    await follow();
    const { text, tokenId } = it_.token();
    expect(await it_.cached.decide(text, request)).toEqual({ effect: 'allow' });
    expect(it_.cached.decide(text, request)).toEqual({ effect: 'allow' });
    expect(it_.cached.decide(text, { ...request, action: 'RemoveFlag' })).toMatchObject({
      effect: 'deny',
      layer: 'token',
    });
    const refused = { effect: 'refused', verdict: { accepted: false, status: 401 } };
    expect(it_.cached.decide(text, request, { organizationId: 'beta' })).toEqual(refused);
    expect(it_.cached.decide('nonsense', request)).toEqual(refused);
    expect(asked()).toBe(1);
    it_.node.findings.set(text, refusedFinding(tokenId));
    it_.node.xmax = 101;
    await it_.answerPoll({ version: 2, changes: [{ subject: 'token', organizationId: 'acme', id: tokenId }] });
    await vi.waitFor(async () => expect(await it_.cached.decide(text, request)).toEqual(refused));
  });

  it('a verdict and a decision are there at once, and a verdict shows nothing of what decides by it', async () => {
    await follow();
    const { text } = it_.token();
    await it_.cached.verify(text, { address: '192.0.2.7' });
    const verdict = it_.cached.verify(text, { address: '192.0.2.7' });
    if (verdict instanceof Promise || !verdict.accepted) throw new Error('not at once');
    expect(verdict.decide(request)).toEqual({ effect: 'allow' });
    expect(Object.keys(verdict)).toEqual(['accepted', 'token']);
    expect(inspect(verdict, { depth: Number.POSITIVE_INFINITY })).not.toContain(text);
  });

  it('a made-up text is asked for once, and not again for a while', async () => {
    await follow();
    const { text } = mint();
    it_.node.findings.set(text, { outcome: 'unknown', impossible: true });
    for (let round = 0; round < 5; round += 1) {
      expect(await it_.cached.verify(text)).toEqual({ accepted: false, status: 401 });
    }
    expect(asked()).toBe(1);
  });

  it('a stopped token is refused from the poll on that tells of it, also by a verdict that was given before', async () => {
    await follow();
    const { text, tokenId } = it_.token();
    const verdict = await it_.cached.verify(text);
    if (!verdict.accepted) throw new Error('refused');
    it_.node.findings.set(text, refusedFinding(tokenId));
    it_.node.xmax = 101;
    await it_.answerPoll({ version: 2, changes: [{ subject: 'token', organizationId: 'acme', id: tokenId }] });
    await vi.waitFor(async () => expect(await it_.cached.verify(text)).toEqual({ accepted: false, status: 401 }));
    expect(await verdict.decide(request)).toEqual({ effect: 'refused', verdict: { accepted: false, status: 401 } });
  });

  it('what has been applied is acknowledged by the next poll', async () => {
    await follow();
    await it_.answerPoll({ version: 7, changes: [{ subject: 'owner', organizationId: 'acme', id: 'ada' }] });
    await it_.answerPoll({ version: 7 });
    expect(it_.node.polls.at(-1)?.registration).toEqual({ id: 'registration-1', version: 7 });
  });

  it('an answer of a node that lags is used and not kept', async () => {
    await follow();
    const { text } = it_.token();
    it_.node.xmax = 99;
    for (let round = 0; round < 2; round += 1) expect((await it_.cached.verify(text)).accepted).toBe(true);
    expect(asked()).toBe(2);
    it_.node.xmax = 100;
    for (let round = 0; round < 2; round += 1) expect((await it_.cached.verify(text)).accepted).toBe(true);
    expect(asked()).toBe(3);
  });

  it.each([
    ['another node answers', { nodeId: 'node-2' }],
    ['the registration is another one', { registrationId: 'registration-2' }],
    ['the node says so', { reset: true }],
    ['the incarnation is another one', { coherence: { incarnation: 'another', snapshot: snapshotAt(100) } }],
  ])('everything is forgotten where %s', async (_, more) => {
    await follow();
    const { text } = it_.token();
    await it_.cached.verify(text);
    await it_.answerPoll(more);
    await vi.waitFor(async () => {
      it_.node.lookUps.length = 0;
      await it_.cached.verify(text);
      expect(asked()).toBe(1);
    });
  });

  it('of a thousand at once, one look-up for each token, many in one question', async () => {
    await follow();
    const tokens = Array.from({ length: 100 }, () => it_.token());
    const verdicts = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => it_.cached.verify(tokens[index % 100]?.text ?? '')),
    );
    expect(verdicts.every(({ accepted }) => accepted)).toBe(true);
    expect(asked()).toBe(100);
    expect(it_.node.lookUps.length).toBeLessThanOrEqual(2);
  });

  it('a flood of made-up texts is asked for with rests in between, and keeps no token waiting that was good', async () => {
    await it_.stop();
    const rests: (() => void)[] = [];
    it_ = await startNode({ rest: () => new Promise<void>((resume) => rests.push(resume)) });
    await follow();
    const { text, tokenId } = it_.token();
    expect((await it_.cached.verify(text)).accepted).toBe(true);
    it_.node.lookUps.length = 0;

    const flood = Promise.all(Array.from({ length: 300 }, () => it_.cached.verify(mint().text)));
    await vi.waitFor(() => expect(rests).toHaveLength(2));
    expect(it_.node.lookUps).toEqual([64, 64]);
    it_.node.xmax = 101;
    await it_.answerPoll({ version: 2, changes: [{ subject: 'token', organizationId: 'acme', id: tokenId }] });
    await vi.waitFor(async () => {
      await it_.cached.verify(text);
      expect(it_.node.lookUps).toEqual([64, 64, 1]);
    });

    for (let rested = 0; rested < 3; rested += 1) {
      await vi.waitFor(() => expect(rests.length).toBeGreaterThan(rested));
      rests[rested]?.();
    }
    for (const verdict of await flood) expect(verdict).toEqual({ accepted: false, status: 401 });
    expect(it_.node.lookUps).toEqual([64, 64, 1, 64, 64, 44]);
  });

  it('uses are told with a poll, without the text', async () => {
    await follow();
    const { text, tokenId } = it_.token();
    await it_.cached.verify(text, { address: '192.0.2.7', client: 'curl/8' });
    it_.node.clock += 500;
    it_.node.xmax = 101;
    await it_.answerPoll();
    it_.node.clock += 11_000;
    await it_.answerPoll();
    await it_.answerPoll();
    const uses = it_.node.polls.flatMap((poll) => poll.uses ?? []);
    expect(uses).toMatchObject([
      { organizationId: 'acme', tokenId, secretNumber: 1, address: '192.0.2.7', client: 'curl/8' },
    ]);
    expect(JSON.stringify(it_.node.polls)).not.toContain(text);
  });

  it('decisions are counted, and told with a poll once a minute', async () => {
    await follow();
    const { text, tokenId } = it_.token();
    const verdict = await it_.cached.verify(text);
    if (!verdict.accepted) throw new Error('refused');
    for (let round = 0; round < 3; round += 1) await verdict.decide(request);
    await verdict.decide({ ...request, action: 'RemoveFlag' });
    const told = () => it_.node.polls.flatMap((poll) => poll.decisions ?? []);
    await it_.answerPoll();
    await it_.answerPoll();
    expect(told()).toEqual([]);
    it_.node.clock += 61_000;
    await it_.answerPoll();
    await it_.answerPoll();
    await it_.answerPoll();
    const about = { organizationId: 'acme', tokenId, resource: 'flag/checkout', folded: false };
    expect(told()).toEqual([
      { ...about, action: 'ToggleFlag', allowedCount: 3, deniedCount: 0 },
      { ...about, action: 'RemoveFlag', allowedCount: 0, deniedCount: 1 },
    ]);
    expect(JSON.stringify(it_.node.polls)).not.toContain(text);
  });
});

describe('without a lease', () => {
  it('each verification asks', async () => {
    const { text } = it_.token();
    for (let round = 0; round < 3; round += 1) expect((await it_.cached.verify(text)).accepted).toBe(true);
    expect(asked()).toBe(3);
  });

  it('nothing is answered from memory once the lease has run out', async () => {
    await follow();
    const { text } = it_.token();
    await it_.cached.verify(text);
    it_.node.clock += 2_000;
    await it_.cached.verify(text);
    expect(asked()).toBe(2);
  });

  it('FAIL-CLOSED: where nobody can be asked nobody gets in', async () => {
    await follow();
    const { text } = it_.token();
    const verdict = await it_.cached.verify(text);
    if (!verdict.accepted) throw new Error('refused');
    it_.node.isDown = true;
    it_.node.clock += 2_000;
    await expect(it_.cached.verify(text)).rejects.toBeInstanceOf(LatchkeyUnavailable);
    await expect(verdict.decide(request)).rejects.toBeInstanceOf(LatchkeyUnavailable);
  });

  it.each<[string, object]>([
    ['the node can’t tell', { outcome: 'unavailable' }],
    ['the finding is no finding', { outcome: 'perhaps' }],
    ['a statement has a condition that isn’t known here', withMore('statement', { hours: '9-17' })],
    ['a policy has one', withMore('policy', { validFrom: 1 })],
    ['a layer has one', withMore('layer', { boundary: [] })],
    ['the finding itself has one', withMore('finding', { notBefore: 1 })],
  ])(
    'FAIL-CLOSED: where %s, that token is unavailable, no other one is, and nothing of it is kept',
    async (_, unknown) => {
      await follow();
      const [odd, good] = [it_.token(), it_.token()];
      const known = it_.node.findings.get(odd.text);
      if (known === undefined) throw new Error('no finding');
      it_.node.findings.set(odd.text, unknown as typeof known);
      const [first, second] = await Promise.allSettled([it_.cached.verify(odd.text), it_.cached.verify(good.text)]);
      expect(first).toMatchObject({ status: 'rejected', reason: expect.any(LatchkeyUnavailable) });
      expect(second).toMatchObject({ status: 'fulfilled', value: { accepted: true } });
      expect(it_.node.lookUps).toEqual([2]);
      it_.node.findings.set(odd.text, known);
      expect((await it_.cached.verify(odd.text)).accepted).toBe(true);
    },
  );

  it('a node that vouches for nothing gives no lease', async () => {
    await it_.cached.verify(mint().text);
    await it_.answerPoll({ coherence: { incarnation: '', snapshot: '' }, leaseMs: 2_000 });
    await it_.answerPoll({ coherence: { incarnation: '', snapshot: '' }, leaseMs: 2_000 });
    expect(isTrusted()).toBe(false);
  });

  it('a lease longer than any that a node may give is cut to that', async () => {
    await follow({ leaseMs: 3_600_000 });
    it_.node.clock += 2_000;
    // Else the wall clock would tell by itself.
    it_.node.wallLag = 1_000;
    expect(isTrusted()).toBe(false);
  });

  it('says what hinders it to follow the node', async () => {
    await it_.cached.verify(mint().text);
    await vi.waitFor(() => expect(it_.failures[0]).toBeInstanceOf(LatchkeyUnavailable));
  });
});

it.each(['', 'x', 'lk_pat_', `lk_svc_3fK0aZ81bQ7rTx2m_${'s'.repeat(49)}`, `${mint().text} `, 'x'.repeat(100_000)])(
  'what can be no token is refused without asking: %#',
  async (text) => {
    expect(await it_.cached.verify(text)).toEqual({ accepted: false, status: 401 });
    expect(asked()).toBe(0);
  },
);

it('to one organization the tokens of another are unknown', async () => {
  await follow();
  const { text } = it_.token();
  expect((await it_.cached.verify(text, { organizationId: 'acme' })).accepted).toBe(true);
  expect(await it_.cached.verify(text, { organizationId: 'beta' })).toEqual({ accepted: false, status: 401 });
});

it('a token with address ranges is judged by where each caller stands', async () => {
  await follow();
  const { text, tokenId } = mint();
  it_.node.findings.set(text, acceptedFinding(tokenId, { addressRanges: ['192.0.2.0/24'] }));
  expect((await it_.cached.verify(text, { address: '192.0.2.1' })).accepted).toBe(true);
  expect(await it_.cached.verify(text, { address: '198.51.100.1' })).toMatchObject({ status: 403, reason: 'address' });
  expect(await it_.cached.verify(text)).toMatchObject({ status: 403, reason: 'address' });
  expect(asked()).toBe(1);
});

it('no longer follows once it is closed, and says that it leaves', async () => {
  await follow();
  await it_.answerPoll({ version: 3 });
  const closing = it_.cached.close();
  await it_.answerPoll({ version: 3 });
  await closing;
  expect(isTrusted()).toBe(false);
  await vi.waitFor(() =>
    expect(it_.node.polls.filter(({ leaving }) => leaving)).toMatchObject([{ registration: { id: 'registration-1' } }]),
  );
});
