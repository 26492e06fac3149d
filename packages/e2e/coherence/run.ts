import { findViolations, type Verification, type Violation } from './history.ts';
import { createBook, runMemberLane, runServiceLane } from './lanes.ts';
import { type Mode, modeNamed } from './modes.ts';
import type { Mutant } from './mutants.ts';
import { startWorld } from './world.ts';

export interface Report {
  readonly mode: string;
  readonly violations: readonly Violation[];
  readonly verifications: number;
  readonly accepted: number;
  readonly unavailable: number;
  readonly stops: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Of stopping calls, in milliseconds. */
  readonly stopMs: { readonly median: number; readonly p99: number; readonly longest: number };
  /** Answered from memory, by sibling. */
  readonly hits: Readonly<Record<string, number>>;
}

/** One history: everything is called and verified for so long, and then the book is read. */
export const runHistory = async (mode: Mode, durationMs: number, mutant?: Mutant): Promise<Report> => {
  const patches = [...(mode.options?.patches ?? []), ...(mutant?.patches ?? [])];
  const world = await startWorld({ ...mode.options, patches });
  try {
    const book = createBook();
    const until = performance.now() + durationMs;
    const isOver = () => performance.now() > until;
    const options = { world, book, isOver, saysTwice: mode.saysTwice === true };
    const lanes = [runServiceLane(options), runServiceLane(options), runMemberLane(options)];
    await Promise.all([...lanes, mode.trouble?.(world, isOver)]);
    const finished = await Promise.all(world.siblings.map((sibling) => sibling.finish()));
    const tally = { verifications: 0, accepted: 0, unavailable: 0 };
    const counted = function* (records: Iterable<Verification>): Generator<Verification> {
      for (const record of records) {
        tally.verifications += 1;
        if (record.outcome === 'allowed' || record.outcome === 'verified') tally.accepted += 1;
        if (record.outcome === 'unavailable') tally.unavailable += 1;
        yield record;
      }
    };
    const violations = finished.flatMap(({ verifications }) => findViolations(book.lives, counted(verifications)));
    return {
      mode: mode.name,
      violations,
      ...tally,
      stops: book.stopMs.length,
      counts: Object.fromEntries(book.counts),
      stopMs: summaryOf(book.stopMs),
      hits: Object.fromEntries(finished.map(({ name, metrics }) => [name, Number(metrics['hits'])])),
    };
  } catch (error) {
    throw new Error(`In the mode "${mode.name}":\n${world.logs().slice(-4_000)}`, { cause: error });
  } finally {
    await world.stop();
  }
};

export const runMutant = (mutant: Mutant, durationMs: number): Promise<Report> =>
  runHistory(modeNamed(mutant.mode), durationMs, mutant);

const summaryOf = (times: readonly number[]): Report['stopMs'] => {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) * 10) / 10;
  return { median: at(0.5), p99: at(0.99), longest: at(1) };
};
