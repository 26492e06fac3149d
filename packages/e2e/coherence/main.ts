import { parseArgs } from 'node:util';
import { MODES } from './modes.ts';
import { MUTANTS } from './mutants.ts';
import { type Report, runHistory, runMutant } from './run.ts';

const HELP = `Searches histories of several processes for a verification that was accepted after its token had been stopped.

  --seconds N       how long each history goes on (20)
  --mode NAME       only this one
  --mutant NAME     only this mutant; --mutants for all of them, each of which has to be caught
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
    seconds: { type: 'string', default: '20' },
    mode: { type: 'string' },
    mutant: { type: 'string' },
    mutants: { type: 'boolean' },
  },
});

const say = (
  verdict: string,
  name: string,
  { violations, verifications, accepted, unavailable, stops, stopMs, hits }: Report,
) =>
  console.log(
    `${verdict.padEnd(7)} ${name.padEnd(52)} ${violations.length} violations in ${verifications} verifications (${accepted} accepted, ${unavailable} unavailable, hits ${Object.values(hits).join('+')}), ${stops} stops: median ${stopMs.median} ms, p99 ${stopMs.p99} ms, longest ${stopMs.longest} ms`,
  );

const main = async (): Promise<boolean> => {
  const durationMs = 1_000 * Number(values.seconds);
  let sound = true;
  const mutants = MUTANTS.filter(({ name }) => values.mutants === true || values.mutant === name);
  if (values.mutants !== true && values.mutant === undefined) {
    for (const mode of MODES.filter(({ name }) => values.mode === undefined || values.mode === name)) {
      const report = await runHistory(mode, durationMs);
      const holds = report.violations.length === 0 && report.accepted > 0 && report.stops > 0;
      say(holds ? 'holds' : 'BROKEN', mode.name, report);
      for (const { verification, stop } of report.violations.slice(0, 3))
        console.log(JSON.stringify({ verification, stop }));
      sound &&= holds;
    }
  }
  for (const mutant of mutants) {
    const report = await runMutant(mutant, durationMs);
    const caught = report.violations.length > 0;
    say(caught ? 'caught' : 'MISSED', `without ${mutant.name} (${mutant.mode})`, report);
    sound &&= caught;
  }
  return sound;
};

if (values.help === true) console.log(HELP);
else if (!(await main())) process.exitCode = 1;
