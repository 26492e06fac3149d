import { findFreePort } from '@latchkey/embedded';
import { type Driven, drive } from './drive.ts';
import { forwardAuthRequest } from './http-requests.ts';
import { startProgram, WORKER } from './programs.ts';
import type { World } from './world.ts';

export interface CascadeOptions {
  readonly perSecond: number;
  readonly seconds: number;
  readonly tokens: number;
}

export interface CascadeLoad extends CascadeOptions {
  readonly driven: Driven;
  /** Verifications of the removed member's tokens that began after the removal had returned. */
  readonly afterRemoval: number;
  /** Of those, how many were accepted: each breaks the promise. */
  readonly acceptedAfterRemoval: number;
  readonly acceptedBefore: number;
  /** Answers that are neither yes nor no. */
  readonly errors: number;
  readonly removalMs: number;
  readonly settledMs: number;
  /** From the removal's return until the last row had followed; `null` where that took longer than was waited. */
  readonly cascadeMs: number | null;
}

/**
 * So many verifications a second over HTTP, whatever becomes of those before, and in the middle of it a member is removed who
 * has a great many tokens: a worker then tidies their rows, beside the verifications and on the same database.
 */
export const measureCascade = async (
  world: World,
  others: readonly string[],
  options: CascadeOptions,
): Promise<CascadeLoad> => {
  const olivia = await world.signIn('acme', 'olivia');
  const { memberId } = await olivia.members.add.mutate({
    email: 'leaver@acme.example',
    name: 'Leaver',
    policyIds: ['developer'],
  });
  const leaver = await world.signIn('acme', memberId);
  const { token } = await leaver.tokens.issue.mutate({ name: 'of the leaver' });
  const theirs = await world.multiply(await world.templateOf(token.tokenId), options.tokens);
  await world.pool.query('vacuum analyze latchkey.token, latchkey.secret');
  const worker = await startWorker(world);
  try {
    const write = forwardAuthRequest(world.credential);
    // Every fifth is one of theirs.
    const isTheirs = (index: number) => index % 5 === 0;
    const request = (index: number): Buffer => {
      const from = isTheirs(index) ? theirs : others;
      return write(from[(index * 7_919) % from.length] as string);
    };
    const seen = { afterRemoval: 0, acceptedAfterRemoval: 0, acceptedBefore: 0, errors: 0 };
    let removedAt = Number.POSITIVE_INFINITY;
    const loaded = drive({
      port: Number(new URL(world.url).port),
      request,
      connections: 64,
      ms: options.seconds * 1_000,
      perSecond: options.perSecond,
      onAnswer: ({ index, status, sentAt }) => {
        if (status !== 200 && status !== 403 && status !== 401) seen.errors += 1;
        // The others are good from the first to the last.
        if (!isTheirs(index) && status !== 200) seen.errors += 1;
        if (!isTheirs(index)) return;
        if (sentAt > removedAt) {
          seen.afterRemoval += 1;
          if (status === 200) seen.acceptedAfterRemoval += 1;
        } else if (status === 200) seen.acceptedBefore += 1;
      },
    });
    await new Promise((resume) => setTimeout(resume, (options.seconds * 1_000) / 3));
    const begun = performance.now();
    const removal = await olivia.members.remove.mutate({ memberId });
    removedAt = performance.now();
    if (!removal.settled) throw new Error('it has not waited');
    const cascadeMs = await untilNoneIsActive(world, memberId, removedAt, options.seconds * 2_000);
    return {
      ...options,
      driven: await loaded,
      ...seen,
      removalMs: removedAt - begun,
      settledMs: removal.settledMs,
      cascadeMs,
    };
  } finally {
    await worker.stop();
  }
};

const startWorker = async (world: World) => {
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const env = {
    DATABASE_URL: world.urlOf('worker'),
    DATABASE_DIRECT_URL: world.urlOf('worker'),
    LATCHKEY_DATA_DIR: world.folder,
    LATCHKEY_WORKER_PORT: new URL(url).port,
  };
  return startProgram(WORKER, [], env, { url, path: '/readyz' });
};

const untilNoneIsActive = async ({ pool }: World, memberId: string, since: number, withinMs: number) => {
  while (performance.now() - since < withinMs) {
    const { rows } = await pool.query(
      `select 1 from latchkey.token where organization_id = 'acme' and owner_id = $1 and state = 'active' limit 1`,
      [memberId],
    );
    if (rows.length === 0) return performance.now() - since;
    await new Promise((resume) => setTimeout(resume, 250));
  }
  return null;
};
