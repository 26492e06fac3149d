import type { Change, Coherence, Finding, LookUpAnswer, Verdict } from '../../src/verifier/index.ts';
import { createTrust, createUses, createVerifierWith, RULES, type Rules } from '../../src/verifier/unsafe.ts';
import { about, accepted, LEASE_MS, refused, settled } from './stand.ts';

export const TOKENS = ['T0', 'T1', 'T2'] as const;
const OWNERS = ['ada', 'ada', 'bob'] as const;

export type Step =
  | { readonly do: 'begin'; readonly token: number; readonly stops: boolean; readonly ofOwner: boolean }
  | { readonly do: 'commit'; readonly which: number }
  | { readonly do: 'verify'; readonly token: number }
  /** A look-up is read, by the database or by a node that may lag. */
  | { readonly do: 'read'; readonly which: number; readonly byPeer: boolean }
  | { readonly do: 'answer'; readonly which: number }
  /** `lost`: applied by the database, and the answer never arrives. */
  | { readonly do: 'poll'; readonly slowMs: number; readonly lost: boolean }
  | { readonly do: 'acknowledge' }
  | { readonly do: 'peer polls' }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'suspend'; readonly ms: number }
  | { readonly do: 'set the wall clock'; readonly ms: number }
  | { readonly do: 'crash' };

interface Transaction {
  readonly xid: bigint;
  readonly incarnation: number;
  readonly tokens: readonly number[];
  readonly stops: boolean;
  readonly change: Change;
  committedAt: number | null;
  settledAt: number | null;
}

interface Asked {
  readonly token: number;
  answer: LookUpAnswer<string> | null;
  readonly resolve: (answer: LookUpAnswer<string>) => void;
}

/**
 * One verifier, a database and another node that answers its look-ups, moved step by step. A stop settles as
 * VERIFICATION says: all who are registered have acknowledged, or 1.01 L + 100 ms have passed since its commit.
 * Says which verification was accepted though what it presented had been stopped, and settled, before it started.
 */
export const simulate = async (steps: readonly Step[], rules: Partial<Rules> = {}): Promise<readonly string[]> => {
  const violations: string[] = [];
  let time = 0;
  let suspended = 0;
  let wallOffset = 0;
  /** Order of what happens at one moment. */
  let order = 0;
  let incarnation = 0;
  let nextXid = 100n;
  const transactions: Transaction[] = [];
  const asked: Asked[] = [];

  const snapshot = (): string => {
    const open = transactions.filter((each) => each.committedAt === null && each.incarnation === incarnation);
    const xip = open.map(({ xid }) => xid).sort((a, b) => Number(a - b));
    return `${xip[0] ?? nextXid}:${nextXid}:${xip.join(',')}`;
  };
  const now = (): Coherence => ({ incarnation: String(incarnation), snapshot: snapshot() });
  /** Committed, by the database's present word: what is committed survives a crash. */
  const committed = () => transactions.filter((each) => each.committedAt !== null);
  const stateOf = (token: number, by: readonly Transaction[]): Finding<string> => {
    const last = by
      .filter(({ tokens }) => tokens.includes(token))
      .sort((a, b) => (a.committedAt ?? 0) - (b.committedAt ?? 0))
      .at(-1);
    const of = about({ tokenId: TOKENS[token] ?? '', ownerId: OWNERS[token] ?? '' });
    return last?.stops === true && refused.outcome === 'refused' ? { ...refused, about: of } : accepted({ about: of });
  };

  const options = {
    monotonic: () => time - suspended,
    wall: () => 1_000_000 + time + wallOffset,
    leaseMs: LEASE_MS,
    maxEntries: 100,
    maxBytes: 1e9,
    keyOf: (text: string) => text.padEnd(32),
    source: {
      lookUp: (text: string) =>
        new Promise<LookUpAnswer<string>>((resolve) => {
          asked.push({ token: TOKENS.indexOf(text as 'T0'), answer: null, resolve });
        }),
    },
  };
  const all = { ...RULES, ...rules };
  const verifier = createVerifierWith<string>(options, {
    trust: createTrust(options, all),
    uses: createUses(10),
    rules: all,
  });
  /** What the verifier and the peer follow: which transactions each has taken into account, and which it has said so of. */
  const follower = () => ({ registered: false, seen: new Set<Transaction>(), acknowledged: new Set<Transaction>() });
  let own = follower();
  let peer = { ...follower(), coherence: null as Coherence | null, leaseUntil: -1, view: [] as readonly Transaction[] };

  const settle = () => {
    for (const each of committed()) {
      if (each.settledAt !== null || each.committedAt === null) continue;
      const waited = time - (commitTimes.get(each) ?? time) >= 1.01 * LEASE_MS + 100;
      const known = time - incarnationAt >= LEASE_MS && each.incarnation === incarnation;
      const heard = [own, peer].every(({ registered, acknowledged }) => !registered || acknowledged.has(each));
      if (waited || (known && heard)) each.settledAt = order++;
    }
  };
  const commitTimes = new Map<Transaction, number>();
  let incarnationAt = Number.NEGATIVE_INFINITY;

  const verify = (token: number) => {
    const startedAt = order++;
    const check = (verdict: Verdict<string>) => {
      if (!verdict.accepted) return;
      const endedAt = order++;
      const relevant = committed().filter(({ tokens }) => tokens.includes(token));
      for (const stop of relevant) {
        if (!stop.stops || stop.settledAt === null || stop.settledAt >= startedAt) continue;
        const revived = relevant.some(
          (each) =>
            !each.stops && (each.committedAt ?? 0) > (stop.committedAt ?? 0) && (each.committedAt ?? 0) < endedAt,
        );
        if (!revived) violations.push(`${TOKENS[token]} at ${time}, stopped by ${stop.xid}`);
      }
    };
    const verdict = verifier.verify(TOKENS[token] ?? '');
    if (verdict instanceof Promise) void verdict.then(check);
    else check(verdict);
  };

  const grant = (coherence: Coherence, startedAt: number, wallAt: number) =>
    verifier.trust({ coherence, leaseUntil: startedAt + LEASE_MS, now: 5_000 + time, nowAt: startedAt, wallAt });

  const poll = (slowMs: number, lost: boolean) => {
    const startedAt = options.monotonic();
    const wallAt = options.wall();
    if (!own.registered) {
      verifier.distrust();
      own = { ...follower(), registered: true };
      const coherence = now();
      own.acknowledged = new Set(committed());
      own.seen = new Set(committed());
      time += slowMs;
      if (lost) own.registered = false;
      else grant(coherence, startedAt, wallAt);
      return;
    }
    const coherence = now();
    const news = committed().filter((each) => !own.seen.has(each));
    const heard = committed();
    time += slowMs;
    if (lost) return;
    verifier.apply(
      news.map(({ change }) => change),
      coherence,
    );
    for (const each of heard) own.seen.add(each);
    grant(coherence, startedAt, wallAt);
  };

  for (const step of steps) {
    switch (step.do) {
      case 'begin': {
        const owner = OWNERS[step.token] ?? '';
        const tokens = step.ofOwner ? OWNERS.flatMap((each, i) => (each === owner ? [i] : [])) : [step.token];
        const change: Change = step.ofOwner
          ? { subject: 'owner', organizationId: 'acme', id: owner }
          : { subject: 'token', organizationId: 'acme', id: TOKENS[step.token] ?? '' };
        const { stops } = step;
        transactions.push({ xid: nextXid++, incarnation, tokens, stops, change, committedAt: null, settledAt: null });
        break;
      }
      case 'commit': {
        const open = transactions.filter((each) => each.committedAt === null);
        const chosen = open[step.which % Math.max(1, open.length)];
        if (chosen === undefined) break;
        chosen.committedAt = order++;
        commitTimes.set(chosen, time);
        break;
      }
      case 'verify':
        verify(step.token);
        break;
      case 'read': {
        const open = asked.filter(({ answer }) => answer === null);
        const chosen = open[step.which % Math.max(1, open.length)];
        if (chosen === undefined) break;
        // The peer answers out of its own memory where its lease allows, and asks the database otherwise.
        const byPeer = step.byPeer && peer.coherence !== null && time < peer.leaseUntil;
        const coherence = byPeer ? peer.coherence : (verifierStart(verifier.coherence(), incarnation) ?? now());
        chosen.answer = {
          finding: stateOf(chosen.token, byPeer ? peer.view : committed()),
          coherence: coherence ?? now(),
        };
        break;
      }
      case 'answer': {
        const open = asked.filter(({ answer }) => answer !== null);
        const chosen = open[step.which % Math.max(1, open.length)];
        if (chosen === undefined) break;
        asked.splice(asked.indexOf(chosen), 1);
        if (chosen.answer !== null) chosen.resolve(chosen.answer);
        await settled();
        break;
      }
      case 'poll':
        poll(step.slowMs, step.lost);
        break;
      case 'acknowledge':
        for (const each of own.seen) own.acknowledged.add(each);
        break;
      case 'peer polls':
        peer = {
          registered: true,
          seen: new Set(),
          acknowledged: new Set(committed()),
          coherence: now(),
          leaseUntil: time + LEASE_MS,
          view: committed(),
        };
        break;
      case 'pass':
        time += step.ms;
        break;
      case 'suspend':
        time += step.ms;
        suspended += step.ms;
        break;
      case 'set the wall clock':
        wallOffset += step.ms;
        break;
      case 'crash': {
        incarnation += 1;
        incarnationAt = time;
        const kept = committed();
        transactions.splice(0, transactions.length, ...kept);
        // Ids that were lost are given out again.
        nextXid = BigInt(Math.max(99, ...kept.map(({ xid }) => Number(xid)))) + 1n;
        own.registered = false;
        peer.registered = false;
        break;
      }
    }
    settle();
  }
  return violations;
};

/** A node answers with what it had applied when the look-up began, as far as the statement read the same incarnation. */
const verifierStart = (trusted: Coherence | null, incarnation: number): Coherence | null =>
  trusted !== null && trusted.incarnation === String(incarnation) ? trusted : null;
