import type { CommandNode } from './command-tree.ts';
import { quote } from './quote.ts';

const wordsOf = ({ commands, values, options }: CommandNode): string =>
  [...commands.map(({ name }) => name), ...values, ...options.map(({ flag }) => flag)].join(' ');

/** A completion for bash 3.2 and newer: no associative arrays, no other package. */
export const bashCompletion = (tree: readonly CommandNode[]): string => `# bash completion of latchkey
_latchkey() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" at='' index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$at \${COMP_WORDS[index]}" in
      ${tree
        .filter(({ path }) => path !== '')
        .map(({ path }) => quote(` ${path}`))
        .join(' | ')}) at="$at \${COMP_WORDS[index]}" ;;
    esac
  done
  COMPREPLY=()
  case "$at $previous" in
${tree.flatMap(valueCases).join('\n')}
  esac
  case "$at" in
${tree.map((node) => `    ${quote(node.path === '' ? '' : ` ${node.path}`)}) COMPREPLY=($(compgen -W ${quote(wordsOf(node))} -- "$word")) ;;`).join('\n')}
  esac
}
complete -o default -F _latchkey latchkey
`;

/** After an option that takes a value: its choices, or the names of files. */
const valueCases = ({ path, options }: CommandNode): string[] =>
  options
    .filter(({ takesValue }) => takesValue)
    .map(({ flag, choices }) => {
      const place = quote(path === '' ? ` ${flag}` : ` ${path} ${flag}`);
      return choices.length === 0
        ? `    ${place}) return ;;`
        : `    ${place}) COMPREPLY=($(compgen -W ${quote(choices.join(' '))} -- "$word")); return ;;`;
    });
