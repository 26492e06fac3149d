import { styleText } from 'node:util';
import { escapeText } from '../output/escape.ts';
import { toJsonLine } from '../output/structured.ts';
import type { Explanation } from './explain.ts';

/** What standard error gets: one line of JSON for programs; a sentence, its code and what to do for people. */
export const reportOf = (
  { code, message, hint, details, exit }: Explanation,
  { machine, colored, hintWord }: { readonly machine: boolean; readonly colored: boolean; readonly hintWord: string },
): string => {
  if (machine) return toJsonLine({ error: { code, message, hint, details, exitCode: exit } });
  const red = (text: string) => (colored ? styleText('red', text, { validateStream: false }) : text);
  const first = `${red('latchkey')}: ${escapeText(`${message} [${code}]`)}\n`;
  return hint === null ? first : `${first}${hintWord}: ${escapeText(hint)}\n`;
};
