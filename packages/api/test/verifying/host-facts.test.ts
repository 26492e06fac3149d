import type { HostMember } from '@latchkey/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createVerifying, type VerifyingOptions } from '../../src/verifying/create-verifying.ts';
import { type Following, followFeed } from '../../src/verifying/follow-feed.ts';
import { type Installation, openInstallation } from '../installation.ts';
import { slowClocks } from './slow-clocks.ts';

let installation: Installation;
const open: Following[] = [];
beforeAll(async () => {
  installation = await openInstallation();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});
afterAll(() => installation.close());

const MANY = 12;
let texts: readonly string[];
let round = 0;
beforeEach(async () => {
  const dana = await installation.member('acme', 'dana');
  const names = Array.from({ length: MANY }, (_, index) => `first sight ${round} ${index}`);
  round += 1;
  texts = (await Promise.all(names.map((name) => dana.tokens.issue({ name })))).map(({ tokenText }) => tokenText);
});

/** A question to the host that waits for its answer. */
type Question = PromiseWithResolvers<HostMember | null>;

/** A node whose host answers when the test says so. */
const startNode = async ({
  follows = true,
  ...options
}: VerifyingOptions & { follows?: boolean; remote?: boolean }) => {
  const { deps } = installation;
  const questions: Question[] = [];
  /** What becomes of those that come when nobody waits for them any more. */
  let rest: ((question: Question) => void) | null = null;
  const findMember = () => {
    const question = Promise.withResolvers<HostMember | null>();
    questions.push(question);
    rest?.(question);
    return question.promise;
  };
  let read = 0;
  const lookUp: typeof deps.store.tokens.lookUp = async (tokenId) => {
    const found = await deps.store.tokens.lookUp(tokenId);
    read += 1;
    return found;
  };
  const parts = {
    ...deps,
    store: { ...deps.store, tokens: { ...deps.store.tokens, lookUp } },
    host: { ...deps.host, findMember },
    directory: options.remote ? null : deps.directory,
  };
  let jumped = 0;
  const clocks = { monotonic: () => slowClocks.monotonic() + jumped, wall: () => slowClocks.wall() + jumped };
  const verifying = createVerifying(parts, options, clocks);
  if (follows) {
    const following = followFeed({ feed: deps.store.feed, verifying, logger: deps.logger });
    open.push(following);
    await following.polled();
  }
  const known = await deps.host.findMember('acme', 'dana');
  const answer = (index: number) => questions[index]?.resolve(known);
  /** From this question on each gets this answer, at once. */
  const answerFrom = (index: number, how: HostMember | null | Error = known) => {
    rest = ({ resolve, reject }) => (how instanceof Error ? reject(how) : resolve(how));
    for (const question of questions.slice(index)) rest(question);
  };
  /** So many have read their rows, and ask or wait for an answer. */
  const waiting = async (count: number) => {
    await expect.poll(() => read).toBe(count);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const asked = (count: number) => expect.poll(() => questions.length).toBe(count);
  const present = (some = texts) =>
    Promise.all(some.map(async (text) => (await verifying.verifier.verify(text)).accepted));
  return { verifying, questions, answer, answerFrom, asked, waiting, present, jump: (ms: number) => (jumped += ms) };
};

const ALL = Array.from({ length: MANY }, () => true);

describe('first sights of many tokens of one owner', () => {
  it('BOUNDED-WORK: ask the host once', async () => {
    const node = await startNode({});
    const sights = node.present();
    await node.waiting(MANY);
    node.answerFrom(0);
    expect(await sights).toEqual(ALL);
    expect(node.questions).toHaveLength(1);
  });

  it('DEAD-ON-RETURN: without a lease: what was asked for somebody before counts for nobody after', async () => {
    const node = await startNode({ follows: false });
    const [first = '', ...others] = texts;
    const one = node.present([first]);
    await node.asked(1);
    const rest = node.present(others);
    await node.waiting(MANY);
    expect(node.questions).toHaveLength(1);
    node.answer(0);
    expect(await one).toEqual([true]);
    await expect.poll(() => node.questions.length).toBeGreaterThan(1);
    node.answerFrom(1);
    expect(new Set(await rest)).toEqual(new Set([true]));
  });

  it('DEAD-ON-RETURN: whoever comes after a change asks again, though somebody waits for an answer of before', async () => {
    const node = await startNode({});
    const [first = '', ...others] = texts;
    const before = node.present([first]);
    await node.asked(1);
    const { feed, unitOfWork } = installation.deps.store;
    await unitOfWork.run((tx) => feed.append(tx, [{ subject: 'owner', organizationId: 'acme', id: 'dana' }]));
    await open[0]?.polled();
    const after = node.present(others);
    await node.waiting(MANY);
    node.answer(0);
    expect(await before).toEqual([true]);
    await expect.poll(() => node.questions.length).toBeGreaterThan(1);
    node.answerFrom(1, null);
    expect(new Set(await after)).toEqual(new Set([false]));
  });

  it('DEAD-ON-RETURN: whoever waits for an answer of before asks again where the lease has run out meanwhile', async () => {
    const node = await startNode({});
    const [first = '', ...others] = texts;
    const before = node.present([first]);
    await node.asked(1);
    const after = node.present(others);
    await node.waiting(MANY);
    node.jump(2_500);
    node.answer(0);
    expect(await before).toEqual([true]);
    await expect.poll(() => node.questions.length).toBeGreaterThan(1);
    node.answerFrom(1, null);
    expect(new Set(await after)).toEqual(new Set([false]));
  });

  it('NO-ESCALATION: of a remote host that is asked at each decision nobody is told what was asked before', async () => {
    const node = await startNode({ remote: true, ownerFreshnessMs: 0 });
    const [first = '', second = ''] = texts;
    const before = node.present([first]);
    await node.asked(1);
    const after = node.present([second]);
    await node.waiting(2);
    node.answer(0);
    expect(await before).toEqual([true]);
    await node.asked(2);
    node.answerFrom(1, null);
    expect(await after).toEqual([false]);
  });

  it('FAIL-CLOSED: a host that fails fails all who wait for it, and is asked again by the next', async () => {
    const node = await startNode({});
    const failing = Promise.allSettled(texts.map((text) => Promise.resolve(node.verifying.verifier.verify(text))));
    await node.asked(1);
    node.answerFrom(0, new Error('away'));
    expect(new Set((await failing).map(({ status }) => status))).toEqual(new Set(['rejected']));
    node.answerFrom(node.questions.length);
    expect(await node.present()).toEqual(ALL);
  });
});
