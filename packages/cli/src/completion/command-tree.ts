import type { Command } from 'commander';

/** One command as a completion needs it. */
export interface CommandNode {
  /** The words after the program's name, such as `token issue`; empty for the program. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CommandOption[];
  /** The values that its argument may have, where they are known. */
  readonly values: readonly string[];
}

export interface CommandOption {
  readonly flag: string;
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** The program and every command of it, outermost first. Options of the program are taken by all of its commands. */
export const readCommandTree = (program: Command): readonly CommandNode[] => {
  const shared = optionsOf(program);
  const read = (command: Command, path: string): CommandNode[] => [
    {
      path,
      commands: command.commands.map((each) => ({ name: each.name(), description: each.description() })),
      options: [...(command === program ? [] : optionsOf(command)), ...shared],
      values: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    },
    ...command.commands.flatMap((each) => read(each, path === '' ? each.name() : `${path} ${each.name()}`)),
  ];
  return read(program, '');
};

const optionsOf = (command: Command): CommandOption[] =>
  command.options.flatMap((option) =>
    option.long == null
      ? []
      : [
          {
            flag: option.long,
            description: option.description,
            takesValue: option.required || option.optional,
            choices: option.argChoices ?? [],
          },
        ],
  );
