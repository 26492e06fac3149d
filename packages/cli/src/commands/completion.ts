import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { readCommandTree } from '../completion/command-tree.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { describe, type Kit } from './kit.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
type Shell = keyof typeof shells;

export const describeCompletion = (program: Command, kit: Kit): void => {
  describe(program, 'completion', kit, {
    help: 'help.completion',
    examples: [
      'source <(latchkey completion bash)',
      'latchkey completion zsh > ~/.zfunc/_latchkey  # with fpath+=~/.zfunc',
      'latchkey completion fish > ~/.config/fish/completions/latchkey.fish',
    ],
  })
    .addArgument(new Argument('<shell>', kit.say('help.completion.shell')).choices(Object.keys(shells)))
    .action(async (shell: Shell) => {
      const { world } = await kit.begin();
      const script = shells[shell](readCommandTree(program));
      // A script is neither a table nor JSON: it is for the shell, whatever was asked for.
      await new Promise<void>((written) => world.stdout.write(script, () => written()));
    });
};
