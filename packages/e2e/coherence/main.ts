import { parseArgs } from 'node:util';
import { findRedis } from '@latchkey/embedded';
import { MODES } from './modes.ts';
import { MUTANTS } from './mutants.ts';
import { type Report, runHistory, runMutant } from './run.ts';

const HELP = `Searches histories of several processes for a verification that was accepted after its token had been stopped.
Prints a line for each history, and as rows of a table with --table. What each of them is: docs/coherence.md.

  --seconds N         how long each history goes on at least (20)
  --verifications N   and until so many were recorded, for ten times as long at most (0)
  --mode NAME         only this one; may be said several times
  --mutants           the mutants instead: a rule is taken away until that is caught, for six times as long at most
  --mutant NAME       only this one; may be said several times
  --all               the modes and then the mutants
  --table             as rows of a table
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
    seconds: { type: 'string', default: '20' },
    verifications: { type: 'string', default: '0' },
    mode: { type: 'string', multiple: true },
    mutant: { type: 'string', multiple: true },
    mutants: { type: 'boolean' },
    all: { type: 'boolean' },
    table: { type: 'boolean' },
  },
});

const say = (verdict: string, name: string, report: Report) => {
  const { violations, verifications, accepted, unavailable, stops, stopMs, hits, counts } = report;
  const fromMemory = Object.values(hits).reduce((sum, each) => sum + each, 0);
  const times = [stopMs.median, stopMs.p99, stopMs.longest];
  if (values.table === true) {
    const numbers = [
      violations.length,
      verifications,
      accepted,
      fromMemory,
      unavailable,
      stops,
      ...times.map(Math.round),
    ];
    const cells = [name, verdict, ...numbers.map((each) => each.toLocaleString('en'))];
    return console.log(`| ${cells.join(' | ')} |`);
  }
  const [median, p99, longest] = times;
  console.log(
    `${verdict.padEnd(7)} ${name.padEnd(52)} ${violations.length} violations in ${verifications} verifications (${accepted} accepted, ${unavailable} unavailable, ${fromMemory} answered from memory), ${stops} stops: median ${median} ms, p99 ${p99} ms, longest ${longest} ms`,
  );
  console.log(
    `        ${Object.entries(counts)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ')}`,
  );
};

/** One history that couldn't be gone through to its end keeps none of the others from being. */
const orFailed = async (name: string, history: Promise<Report>): Promise<Report | null> => {
  try {
    return await history;
  } catch (error) {
    console.error(`FAILED  ${name}`, error);
    return null;
  }
};

const searchModes = async (leastMs: number, verifications: number): Promise<boolean> => {
  let sound = true;
  for (const mode of MODES.filter(({ name }) => values.mode?.includes(name) ?? true)) {
    if (mode.options?.worker === 'on Redis' && findRedis() === undefined) {
      console.log(`There is no Redis here: nothing was searched under "${mode.name}".`);
      continue;
    }
    const report = await orFailed(
      mode.name,
      runHistory(mode, { atLeastMs: leastMs, verifications, atMostMs: 10 * leastMs }),
    );
    if (report === null) {
      sound = false;
      continue;
    }
    const isEnough =
      report.cameAbout && report.accepted > 0 && report.stops > 0 && report.verifications >= verifications;
    const verdict = report.violations.length > 0 ? 'BROKEN' : isEnough ? 'holds' : 'SHORT';
    say(verdict, mode.name, report);
    for (const { verification, stop } of report.violations.slice(0, 3))
      console.log(JSON.stringify({ verification, stop }));
    sound &&= verdict === 'holds';
  }
  return sound;
};

const searchMutants = async (leastMs: number): Promise<boolean> => {
  let sound = true;
  for (const mutant of MUTANTS.filter(({ name }) => values.mutant?.includes(name) ?? true)) {
    const report = await orFailed(mutant.name, runMutant(mutant, 6 * leastMs));
    const caught = report !== null && report.violations.length > 0;
    if (report !== null) say(caught ? 'caught' : 'MISSED', `without ${mutant.name} (${mutant.mode})`, report);
    sound &&= caught;
  }
  return sound;
};

const main = async (): Promise<boolean> => {
  const leastMs = 1_000 * Number(values.seconds);
  const onlyMutants = values.all !== true && (values.mutants === true || values.mutant !== undefined);
  const holds = onlyMutants || (await searchModes(leastMs, Number(values.verifications)));
  const caught = !(onlyMutants || values.all === true) || (await searchMutants(leastMs));
  return holds && caught;
};

if (values.help === true) console.log(HELP);
else if (!(await main())) process.exitCode = 1;
