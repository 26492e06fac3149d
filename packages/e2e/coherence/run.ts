import { findViolations, type Verification, type Violation } from './history.ts';
import { type Book, createBook, runMemberLane, runServiceLane } from './lanes.ts';
import { type Mode, modeNamed } from './modes.ts';
import type { Mutant } from './mutants.ts';
import { pause } from './trouble.ts';
import { startWorld, type World } from './world.ts';

export interface Report {
  readonly mode: string;
  /** False where the trouble that it is about never came. */
  readonly cameAbout: boolean;
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

/** How long a history goes on. */
export interface Extent {
  readonly atLeastMs: number;
  /** Goes on until so many verifications were recorded, or until the time is up. */
  readonly verifications?: number;
  /** And so many stops have settled. */
  readonly stops?: number;
  /** Ends as soon as a violation is seen, or the time is up. */
  readonly untilCaught?: boolean;
  readonly atMostMs: number;
}

/** One history: everything is called and verified for so long, and then the book is read. */
export const runHistory = async (mode: Mode, extent: Extent, mutant?: Mutant): Promise<Report> => {
  const patches = [...(mode.options?.patches ?? []), ...(mutant?.patches ?? [])];
  let over = false;
  const world = await startWorld({ ...mode.options, patches });
  try {
    const book = createBook();
    const latest = performance.now() + extent.atMostMs;
    const isOver = () => over || performance.now() > latest;
    const options = { world, book, isOver, saysTwice: mode.saysTwice === true };
    const lanes = [runServiceLane(options), runServiceLane(options), runMemberLane(options)];
    const watching = watch(world, { mode, book, extent, isOver }).then(() => {
      over = true;
    });
    await Promise.all([...lanes, mode.trouble?.(world, isOver), watching]);
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
      cameAbout: hasComeAbout(mode, world),
      violations,
      ...tally,
      stops: book.stopMs.length,
      counts: Object.fromEntries([...book.counts, ...world.notes]),
      stopMs: summaryOf(book.stopMs),
      hits: Object.fromEntries(finished.map(({ name, metrics }) => [name, Number(metrics['hits'])])),
    };
  } catch (error) {
    throw new Error(`In the mode "${mode.name}":\n${world.logs().slice(-4_000)}`, { cause: error });
  } finally {
    over = true;
    await world.stop();
  }
};

/** A rule is taken away until that is seen. */
export const runMutant = (mutant: Mutant, atMostMs: number): Promise<Report> =>
  runHistory(modeNamed(mutant.mode), { atLeastMs: 1_000, untilCaught: true, atMostMs }, mutant);

/** What a mode is there for. */
const hasComeAbout = ({ brings }: Mode, { notes }: World): boolean => brings === undefined || notes.has(brings);

const LOOK_EVERY_MS = 1_000;

/** Resolves once there is enough. A sibling that is paused answers when it goes on. */
const watch = async (
  world: World,
  {
    mode,
    book,
    extent,
    isOver,
  }: { readonly mode: Mode; readonly book: Book; readonly extent: Extent; readonly isOver: () => boolean },
): Promise<void> => {
  const { atLeastMs, verifications = 0, stops = 0, untilCaught = false } = extent;
  const until = performance.now() + atLeastMs;
  const isEnough = async (): Promise<boolean> => {
    if (book.stopMs.length < stops || !(untilCaught || hasComeAbout(mode, world))) return false;
    if (verifications === 0 && !untilCaught) return true;
    const looks = await Promise.all(world.siblings.map((sibling) => sibling.look()));
    if (looks.reduce((sum, { count }) => sum + count, 0) < verifications) return false;
    // Stops that have not returned yet are not in the book, and whatever may excuse is: none of these turns out to be none.
    return !untilCaught || looks.some((look) => findViolations(book.lives, look.verifications).length > 0);
  };
  while (performance.now() < until && !isOver()) await pause(Math.min(LOOK_EVERY_MS, until - performance.now()));
  while (!isOver() && !(await isEnough())) await pause(LOOK_EVERY_MS);
};

const summaryOf = (times: readonly number[]): Report['stopMs'] => {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) * 10) / 10;
  return { median: at(0.5), p99: at(0.99), longest: at(1) };
};
