import type { ChainAuthority, ChainProblem, ChainProgress, CheckedSlice } from './check-chain.ts';
import { CHECK_FROM_START } from './check-chain.ts';
import type { ChainCrypto } from './event-digest.ts';
import { macOf } from './seal.ts';
import { type ChainStub, FIRST_STUB_AFTER, stubLinkOf } from './stub.ts';

/**
 * AUDIT-WITH-CAUSE: where a check of a chain begins whose oldest part retention has dropped: behind all of its stubs, the
 * oldest first. Nothing was dropped where there are none.
 * @param isDropRecorded says whether an event of the trail names this stub. Asked of the newest one alone: the record of an
 *   older drop may have been dropped since, and the newest stub's link covers all before it.
 */
export const checkStubs = (
  crypto: ChainCrypto,
  authority: ChainAuthority,
  stubs: readonly ChainStub[],
  isDropRecorded: (newest: ChainStub) => boolean,
): CheckedSlice => {
  const problems: ChainProblem[] = [];
  let before = { number: 0, link: FIRST_STUB_AFTER };
  for (const stub of stubs) {
    problems.push(...problemsOfStub(crypto, authority, before, stub));
    before = { number: stub.lastNumber, link: stub.link };
  }
  const newest = stubs.at(-1);
  if (newest === undefined) return { progress: CHECK_FROM_START, problems };
  if (!isDropRecorded(newest)) problems.push({ type: 'stub_unrecorded', number: newest.lastNumber });
  return { progress: progressBehind(newest, authority, problems.length === 0), problems };
};

const progressBehind = (
  { lastNumber, lastLink, lastSealedAt }: ChainStub,
  { anchors }: ChainAuthority,
  sound: boolean,
): ChainProgress => {
  const here = { number: lastNumber, sealedAt: lastSealedAt };
  return {
    last: { number: lastNumber, link: lastLink },
    intact: sound ? here : null,
    vouched: sound && anchors.some(({ number }) => number === lastNumber) ? here : null,
    sound,
  };
};

const problemsOfStub = (
  crypto: ChainCrypto,
  { organizationId, keys, anchors }: ChainAuthority,
  before: { readonly number: number; readonly link: string },
  stub: ChainStub,
): readonly ChainProblem[] => {
  const { firstNumber, lastNumber, lastLink, lastSealedAt } = stub;
  const problems: ChainProblem[] = [];
  const expected = before.number + 1;
  if (firstNumber > expected) problems.push({ type: 'seals_missing', number: expected, through: firstNumber - 1 });
  // After a gap the link before is unknown: the gap says it all.
  else if (
    firstNumber < expected ||
    lastNumber < firstNumber ||
    stubLinkOf(crypto, organizationId, before.link, stub) !== stub.link
  ) {
    problems.push({ type: 'stub_changed', number: firstNumber, through: lastNumber });
  }
  if (keys !== null) {
    const key = keys.find(({ id }) => id === stub.keyId);
    if (key === undefined) problems.push({ type: 'key_unknown', number: lastNumber });
    else if (macOf(crypto, key, stub.link) !== stub.mac) problems.push({ type: 'mac_wrong', number: lastNumber });
  }
  const denied = anchors.find(
    ({ number, link, sealedAt }) =>
      (number === lastNumber && link !== lastLink) ||
      // Times of sealing grow with the numbers: who backdates what they drop is contradicted by what was anchored of it.
      (number >= firstNumber && number <= lastNumber && sealedAt !== undefined && sealedAt > lastSealedAt),
  );
  if (denied !== undefined) problems.push({ type: 'anchor_differs', number: denied.number });
  return problems;
};
