import { CommanderError } from 'commander';
import type { Kit } from './commands/kit.ts';
import { EXIT } from './exit.ts';
import { explain } from './failure/explain.ts';
import { reportOf } from './failure/report.ts';
import { createSay } from './language/say.ts';
import { createDesk } from './output/desk.ts';
import { createProgram } from './program.ts';
import { refuseSecretsIn } from './secret/refuse-in-arguments.ts';
import { type GlobalFlags, requireValidEnvironment, resolveSettings } from './settings.ts';
import type { World } from './world.ts';

/** Runs one command of `latchkey` and gives its exit code. Never throws. */
export const runLatchkey = async (args: readonly string[], world: World): Promise<number> => {
  // Help and messages need the language, and errors the format, before commander has read the arguments.
  const settings = await resolveSettings(world, scanFlags(args));
  const say = createSay(settings.language);
  const desk = createDesk(world, { say, format: settings.format });
  let exit: number = EXIT.done;
  const kit: Kit = {
    say,
    begin: async () => {
      requireValidEnvironment(world);
      return { world, settings, desk, say, exitWith: (code) => (exit = code) };
    },
  };
  try {
    refuseSecretsIn(args);
    await createProgram(world, kit).parseAsync(args, { from: 'user' });
    return exit;
  } catch (error) {
    // Asking for help or the version is no error.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    const explanation = explain(error, say);
    const colored = world.stderr.isTTY === true && !world.environment.plain;
    const report = reportOf(explanation, { machine: desk.machine, colored, hintWord: say('hint') });
    await new Promise<void>((written) => world.stderr.write(report, () => written()));
    return explanation.exit;
  }
};

/** The flags of every command, wherever they stand. Whether their values are good is said when commander reads them. */
const scanFlags = (args: readonly string[]): GlobalFlags => {
  const end = args.indexOf('--');
  const scanned = end < 0 ? args : args.slice(0, end);
  const valueAfter = (flag: string): string | undefined => {
    const place = scanned.findLastIndex((each) => each === flag || each.startsWith(`${flag}=`));
    return place < 0
      ? undefined
      : scanned[place] === flag
        ? scanned[place + 1]
        : scanned[place]?.slice(flag.length + 1);
  };
  return Object.fromEntries(
    [
      ...(['url', 'profile', 'output', 'lang'] as const).map((name) => [name, valueAfter(`--${name}`)] as const),
      ['allowHttp', scanned.includes('--allow-http') || undefined] as const,
    ].filter(([, value]) => value !== undefined),
  );
};
