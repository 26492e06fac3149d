import type { Glob } from '../glob.ts';
import type { Pattern } from '../pattern.ts';
import type { CompiledStatement } from '../statement.ts';
import { actionGlobs } from './rectangle.ts';

const FAVOURITES = 'xyzabcdefghijklmnopqrstuvw0123456789';

/** A letter that none of the globs mentions: it stands for every character that they don't. The alphabet is open. */
export const freshCharacter = (statements: readonly CompiledStatement[]): string => {
  const used = new Set<string>();
  const collect = (glob: Glob) => {
    for (const part of glob.parts) for (const character of part) used.add(character);
  };
  const collectPattern = ({ segments }: Pattern) => {
    for (const { path, tags } of segments) {
      collect(path);
      tags.forEach(collect);
    }
  };
  for (const { actions, patterns } of statements) {
    actionGlobs(actions).forEach(collect);
    patterns.forEach(collectPattern);
  }
  for (const letter of FAVOURITES) if (!used.has(letter)) return letter;
  // CJK: more letters than patterns can mention before the budget is gone.
  let code = 0x4e00;
  while (used.has(String.fromCharCode(code))) code += 1;
  return String.fromCharCode(code);
};
