import type { CommandNode } from './command-tree.ts';
import { quote } from './quote.ts';

// `_describe` parts a candidate from its description at the first colon.
const candidate = (name: string, description: string): string => quote(`${name.replaceAll(':', '\\:')}:${description}`);

const candidatesOf = ({ commands, values, options }: CommandNode): string =>
  [
    ...commands.map(({ name, description }) => candidate(name, description)),
    ...values.map((value) => quote(value)),
    ...options.map(({ flag, description }) => candidate(flag, description)),
  ].join(' ');

export const zshCompletion = (tree: readonly CommandNode[]): string => `#compdef latchkey
_latchkey() {
  local at='' each
  local -a candidates
  for each in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $each" in
      (${tree
        .filter(({ path }) => path !== '')
        .map(({ path }) => quote(` ${path}`))
        .join('|')}) at="$at $each" ;;
    esac
  done
  case "$at \${words[CURRENT-1]}" in
${tree.flatMap(valueCases).join('\n')}
  esac
  case "$at" in
${tree.map((node) => `    (${quote(node.path === '' ? '' : ` ${node.path}`)}) candidates=(${candidatesOf(node)}) ;;`).join('\n')}
  esac
  _describe latchkey candidates || _files
}
if [ "$funcstack[1]" = _latchkey ]; then _latchkey "$@"; else compdef _latchkey latchkey; fi
`;

const valueCases = ({ path, options }: CommandNode): string[] =>
  options
    .filter(({ takesValue }) => takesValue)
    .map(({ flag, choices }) => {
      const place = quote(path === '' ? ` ${flag}` : ` ${path} ${flag}`);
      return choices.length === 0
        ? `    (${place}) _files; return ;;`
        : `    (${place}) compadd -- ${choices.map(quote).join(' ')}; return ;;`;
    });
