import { Command, type Help, Option } from 'commander';
import { describeAudit } from './commands/audit.ts';
import { describeCan } from './commands/can.ts';
import { describeCompletion } from './commands/completion.ts';
import { describeExplain } from './commands/explain.ts';
import type { Kit } from './commands/kit.ts';
import { describeLogin } from './commands/login.ts';
import { describeLogout } from './commands/logout.ts';
import { describeMember } from './commands/member.ts';
import { describePermissions } from './commands/permissions.ts';
import { describeRotate } from './commands/rotate.ts';
import { describeSettings } from './commands/settings.ts';
import { describeSystem } from './commands/system.ts';
import { describeToken } from './commands/token.ts';
import { describeVerify } from './commands/verify.ts';
import { describeWhoami } from './commands/whoami.ts';
import { languages } from './language/languages.ts';
import type { Say } from './language/say.ts';
import { outputFormats } from './output/format.ts';
import type { World } from './world.ts';

/** The commands of `latchkey`. A wrong call throws commander's error and writes nothing. */
export const createProgram = (world: World, kit: Kit): Command => {
  const { say } = kit;
  const program = new Command('latchkey')
    .description(say('help.program'))
    .version(world.version, '--version', say('help.version'))
    .helpOption('-h, --help', say('help.help'))
    .helpCommand(false)
    .addOption(new Option('--url <url>', say('help.url')))
    .addOption(new Option('--profile <name>', say('help.profile')))
    .addOption(new Option('--output <format>', say('help.output')).choices(outputFormats))
    .addOption(new Option('--lang <language>', say('help.lang')).choices(Object.keys(languages)))
    .addOption(new Option('--allow-http', say('help.allowHttp')))
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureHelp(helpIn(say))
    .configureOutput({
      writeOut: (text) => world.stdout.write(text, () => undefined),
      // A wrong call is reported by us, in the caller's language; help that was not asked for is left out.
      writeErr: () => undefined,
      getOutHasColors: () => false,
    })
    .addHelpText('after', `\n${say('help.more')}`);
  describeLogin(program, kit);
  describeLogout(program, kit);
  describeWhoami(program, kit);
  describeToken(program, kit);
  describeRotate(program, kit);
  describeVerify(program, kit);
  describeCan(program, kit);
  describeExplain(program, kit);
  describePermissions(program, kit);
  describeMember(program, kit);
  describeAudit(program, kit);
  describeSettings(program, kit);
  describeSystem(program, kit);
  describeCompletion(program, kit);
  return program;
};

/** Commander's own words, in the caller's language. */
const helpIn = (say: Say): Partial<Help> => ({
  styleTitle: (title) => titles(say)[title] ?? title,
  optionDescription: ({ description, argChoices, defaultValue }) => {
    const choices = argChoices === undefined ? '' : ` (${argChoices.join(', ')})`;
    return `${description}${choices}${defaultValue === undefined ? '' : ` [${String(defaultValue)}]`}`;
  },
  argumentDescription: ({ description, argChoices }) =>
    `${description}${argChoices === undefined ? '' : ` (${argChoices.join(', ')})`}`,
});

const titles = (say: Say): Readonly<Record<string, string>> => ({
  'Usage:': say('help.usage'),
  'Arguments:': say('help.arguments'),
  'Options:': say('help.options'),
  'Commands:': say('help.commands'),
});
