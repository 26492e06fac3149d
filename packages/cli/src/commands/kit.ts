import { type Command, type CommandOptions, Option } from 'commander';
import { type Connection, connect } from '../api/connect.ts';
import type { ExitCode } from '../exit.ts';
import type { MessageKey, Say, Values } from '../language/say.ts';
import type { Desk } from '../output/desk.ts';
import type { Settings } from '../settings.ts';
import type { World } from '../world.ts';

/** What a running command works with. */
export interface Work {
  readonly world: World;
  readonly settings: Settings;
  readonly desk: Desk;
  readonly say: Say;
  /** Says by the exit code what was found; failures say it by themselves. */
  readonly exitWith: (code: ExitCode) => void;
}

/** What a command is described with. */
export interface Kit {
  readonly say: Say;
  /** Settles flags, environment and profile, once the command runs. */
  readonly begin: () => Promise<Work>;
}

/** A message without placeholders. */
export type PlainKey = { [Key in MessageKey]: Values<Key> extends [] ? Key : never }[MessageKey];

export interface Description {
  readonly help: PlainKey;
  readonly examples: readonly string[];
  readonly options?: CommandOptions;
}

/** A command with the manners of all of them: its examples in its help, and nothing taken that it has no use for. */
export const describe = (parent: Command, usage: string, kit: Kit, description: Description): Command =>
  parent
    .command(usage, description.options)
    .description(kit.say(description.help))
    .allowExcessArguments(false)
    .addHelpText(
      'after',
      `\n${kit.say('help.examples')}\n${description.examples.map((each) => `  ${each}`).join('\n')}`,
    );

/** A group of commands, which does nothing itself. */
export const describeGroup = (parent: Command, name: string, kit: Kit, help: PlainKey): Command =>
  parent.command(name).description(kit.say(help)).helpCommand(false);

export const choice = (flags: string, help: string, values: readonly string[]): Option =>
  new Option(flags, help).choices(values);

/** The API, and whose token calls it. */
export const connectAs = ({ world, settings }: Work): Promise<Connection> => connect(world, settings);
