import type { VerifierMetrics } from '@latchkey/core/verifier';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Verifying } from '../verifying/create-verifying.ts';

type Counts = Pick<
  VerifierMetrics,
  'hits' | 'refusedHits' | 'misses' | 'joined' | 'impossible' | 'failures' | 'overtaken' | 'evictions'
>;
type Levels = Pick<VerifierMetrics, 'entries' | 'bytes' | 'usesWaiting'>;

const COUNTERS = {
  hits: ['hits', 'Verifications that were answered from memory, refusals among them'],
  refusedHits: ['refused_hits', 'Refusals among them'],
  misses: ['misses', 'Look-ups that were begun'],
  joined: ['joined', 'Verifications that waited for the look-up of another one'],
  impossible: ['impossible', 'Texts that could not be a token: refused without a look-up'],
  failures: ['failures', 'Look-ups that failed: nobody got in by them'],
  overtaken: ['overtaken', 'Look-ups that were not kept, for something was heard of meanwhile'],
  evictions: ['evictions', 'Entries that were dropped to make room'],
} as const satisfies Record<keyof Counts, readonly [string, string]>;

const GAUGES = {
  entries: ['entries', 'What is remembered'],
  bytes: ['bytes', 'What that takes in memory, roughly'],
  usesWaiting: ['uses_waiting', 'Last uses that wait to be written down'],
} as const satisfies Record<keyof Levels, readonly [string, string]>;

const STATES = ['valid', 'expired', 'none'] as const;

/** What this process's verifier does: `of` says whether tokens or the installation's own credentials were verified. */
export const measureVerifier = (
  registers: Registry[],
  {
    verifier,
    credentials,
    siblings,
    subscriptions,
  }: Pick<Verifying, 'verifier' | 'credentials' | 'siblings' | 'subscriptions'>,
): void => {
  const both = [
    ['tokens', verifier],
    ['credentials', credentials],
  ] as const;
  for (const [field, [name, help]] of entriesOf(COUNTERS)) {
    new Counter({
      name: `latchkey_verifier_${name}_total`,
      help,
      labelNames: ['of'],
      registers,
      collect() {
        this.reset();
        for (const [of, each] of both) this.inc({ of }, each.metrics()[field]);
      },
    });
  }
  for (const [field, [name, help]] of entriesOf(GAUGES)) {
    new Gauge({
      name: `latchkey_verifier_${name}`,
      help,
      labelNames: ['of'],
      registers,
      collect() {
        for (const [of, each] of both) this.set({ of }, each.metrics()[field]);
      },
    });
  }
  new Gauge({
    name: 'latchkey_verifier_lease',
    help: '1 for the state of the lease: without a valid one each verification asks the database',
    labelNames: ['state'],
    registers,
    collect() {
      const { lease } = verifier.metrics();
      for (const state of STATES) this.set({ state }, state === lease ? 1 : 0);
    },
  });
  const level = (name: string, help: string, read: () => number) => {
    new Gauge({
      name: `latchkey_verifier_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  level('stale_seconds', 'Since the last good poll of the change feed began; NaN before the first one', () => {
    const { staleMs } = verifier.metrics();
    return staleMs === null ? Number.NaN : staleMs / 1_000;
  });
  level('siblings', 'Sibling services that are registered here', () => siblings.metrics().registrations);
  level('sibling_leases', 'Leases of theirs that stopping calls may have to wait for', () => siblings.metrics().leases);
  level('subscriptions', 'Sibling services that wait for wake-ups', subscriptions.count);
};

const entriesOf = <K extends string, V>(table: Readonly<Record<K, V>>) => Object.entries(table) as [K, V][];
