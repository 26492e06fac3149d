import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createLateUseNotes } from '../../src/tokens/note-late-use.ts';
import { createVerifying } from '../../src/verifying/create-verifying.ts';
import { type Caller, type Installation, openInstallation } from '../installation.ts';

let installation: Installation;
let dana: Caller;
beforeAll(async () => {
  installation = await openInstallation();
  dana = await installation.member('acme', 'dana');
});
afterAll(() => installation.close());

let clock = 1_000_000;
const run = vi.fn();
/** The installation's store, and how many transactions were begun on it. */
const counted = () => {
  const { store } = installation.deps;
  const begun: typeof store.unitOfWork.run = (work) => {
    run();
    return store.unitOfWork.run(work);
  };
  return { ...store, unitOfWork: { ...store.unitOfWork, run: begun } };
};
beforeEach(() => {
  run.mockClear();
});

const cutSecret = async (name: string) => {
  const { token, tokenText } = await dana.tokens.issue({ name });
  await dana.tokens.rotate({ tokenId: token.tokenId });
  await dana.tokens.cutGracePeriod({ tokenId: token.tokenId });
  return { text: tokenText, use: { organizationId: 'acme', tokenId: token.tokenId, secretNumber: 1 } };
};

it('BOUNDED-WORK: one old secret begins one transaction a minute, however often it is presented', async () => {
  const clocks = { monotonic: () => clock, wall: () => Date.now() };
  const { verifier } = createVerifying({ ...installation.deps, store: counted() }, {}, clocks);
  const [one, other] = [await cutSecret('often'), await cutSecret('often, too')];
  // It follows no feed: each of these is looked up.
  const present = async (text: string) => expect((await verifier.verify(text)).accepted).toBe(false);
  for (let i = 0; i < 20; i += 1) await present(one.text);
  expect(run).toHaveBeenCalledTimes(1);
  await present(other.text);
  expect(run).toHaveBeenCalledTimes(2);
  clock += 59_999;
  await present(one.text);
  expect(run).toHaveBeenCalledTimes(2);
  clock += 1;
  await present(one.text);
  expect(run).toHaveBeenCalledTimes(3);
});

it('BOUNDED-WORK: it knows of so many secrets and no more; the one that was longest ago makes room', async () => {
  const note = createLateUseNotes({ ...installation.deps, store: counted(), monotonic: () => clock, maxCount: 2 });
  const uses = await Promise.all(['first', 'second', 'third'].map(cutSecret));
  const [first, second, third] = uses.map(({ use }) => ({ ...use, address: null, client: null }));
  if (!first || !second || !third) throw new Error('no uses');
  for (const use of [first, second, third, third, second]) note(use);
  expect(run).toHaveBeenCalledTimes(3);
  note(first);
  expect(run).toHaveBeenCalledTimes(4);
});
