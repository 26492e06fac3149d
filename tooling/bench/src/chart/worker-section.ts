import type { Target } from '../covers-targets.ts';
import type { Cascade } from '../worker/cascade.ts';
import type { Expiry } from '../worker/expiry.ts';
import type { ReminderScan } from '../worker/reminder-scan.ts';
import type { Backend } from '../worker/workers.ts';
import { tableOf, targetsSentence, withSection } from './section.ts';

export interface RemovalResult {
  readonly machine: string;
  /** Milliseconds a message. */
  readonly relay: Readonly<Partial<Record<Backend, number>>>;
  readonly cascade: Cascade;
  readonly targets: readonly Target[];
}

export interface MillionResult {
  readonly machine: string;
  readonly expiry: Expiry;
  readonly scan: Pick<ReminderScan, 'tokens' | 'due' | 'ms' | 'reads'>;
  readonly targets: readonly Target[];
}

/**
 * The document with the table, the sentences and what became of the targets as these results have them; without `million`, which
 * takes a machine that has nothing else to do, with what the removal has shown.
 */
export const withWorkerSection = (document: string, removal: RemovalResult, million: MillionResult | null): string =>
  withSection(document, [
    `A member with ${whole(removal.cascade.tokens)} tokens is removed (${removal.machine}), in batches of 100 with an audit event each:`,
    removalTable(removal),
    ...(million === null ? [] : [expirySentence(million), scanSentence(million)]),
    targetsSentence([...removal.targets, ...(million?.targets ?? [])]),
  ]);

const NAMES = { postgres: 'jobs on PostgreSQL', redis: 'jobs on Redis' } as const satisfies Record<Backend, string>;

const removalTable = ({ relay, cascade: { plainMs, cascadeMs } }: RemovalResult): string => {
  const plain = (plainMs[0] + plainMs[1]) / 2;
  const backends = (['postgres', 'redis'] as const).filter((backend) => cascadeMs[backend] !== undefined);
  return tableOf(
    ['', 's', 'times as long', 'relay, ms a message'],
    [
      ['plain `UPDATE … RETURNING`, before and after', plainMs.map((ms) => seconds(ms)).join(' and '), '1', ''],
      ...backends.map((backend) => [
        NAMES[backend],
        seconds(cascadeMs[backend] ?? Number.NaN),
        short((cascadeMs[backend] ?? Number.NaN) / plain),
        short(relay[backend] ?? Number.NaN),
      ]),
    ],
  );
};

const expirySentence = ({ machine, expiry }: MillionResult): string => {
  const { tokens, presentedLate, acceptedLate, acceptedBefore, quiet, beside, tidiedMs } = expiry;
  return `${whole(tokens)} tokens expire in one second (${machine}): of ${whole(presentedLate)} verifications after it ${whole(acceptedLate)} were accepted, before it ${whole(acceptedBefore)} were. The worker had written all of them down ${seconds(tidiedMs)} s after it began; meanwhile a verification over HTTP took ${short(beside.p50)} ms, the median, where it takes ${short(quiet.p50)} ms while nothing happens (99th percentile ${short(beside.p99)} and ${short(quiet.p99)} ms).`;
};

const scanSentence = ({ scan: { tokens, due, ms, reads } }: MillionResult): string => {
  const nodes = reads.map(({ node, index, rows }) => `${node} by \`${index ?? 'nothing'}\`, ${whole(rows)} rows`);
  return `The reminder scan over ${whole(tokens)} of them and ${whole(due)} that are due: ${nodes.join('; ')}; ${short(ms)} ms with what it writes.`;
};

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const short = (value: number): string => (value >= 100 ? whole(value) : String(Number(value.toPrecision(2))));
const seconds = (ms: number): string => short(ms / 1_000);
