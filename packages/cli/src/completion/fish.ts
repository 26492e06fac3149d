import type { CommandNode } from './command-tree.ts';
import { quoteForFish } from './quote.ts';

export const fishCompletion = (tree: readonly CommandNode[]): string => `# fish completion of latchkey
function __latchkey_at --description 'The command that the words so far name'
  set --local at ''
  for each in (commandline -opc)[2..]
    switch "$at $each"
      case ${tree
        .filter(({ path }) => path !== '')
        .map(({ path }) => quoteForFish(` ${path}`))
        .join(' ')}
        set at "$at $each"
    end
  end
  test "$at" = "$argv[1]"
end
${tree.flatMap(linesOf).join('\n')}
`;

const linesOf = ({ path, commands, values, options }: CommandNode): string[] => {
  const condition = quoteForFish(`__latchkey_at ${quoteForFish(path === '' ? '' : ` ${path}`)}`);
  const complete = `complete --command latchkey --condition ${condition}`;
  return [
    ...commands.map(
      ({ name, description }) =>
        `${complete} --no-files --arguments ${quoteForFish(name)} --description ${quoteForFish(description)}`,
    ),
    ...(values.length === 0 ? [] : [`${complete} --no-files --arguments ${quoteForFish(values.join(' '))}`]),
    ...options.map(({ flag, description, takesValue, choices }) =>
      [
        `${complete} --long-option ${flag.slice(2)} --description ${quoteForFish(description)}`,
        takesValue ? ' --require-parameter' : '',
        choices.length === 0 ? '' : ` --no-files --arguments ${quoteForFish(choices.join(' '))}`,
      ].join(''),
    ),
  ];
};
