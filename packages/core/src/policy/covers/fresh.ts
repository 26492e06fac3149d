import type { Glob } from '../glob.ts';
import type { Pattern } from '../pattern.ts';
import type { CompiledStatement } from '../statement.ts';
import { actionGlobs, type Rectangle } from './rectangle.ts';

/** Letters that look like nothing in particular first. */
export const FAVOURITES = 'xyzabcdefghijklmnopqrstuvw0123456789';

/** CJK: more letters than patterns can mention before the budget is gone. */
const BEYOND = 0x4e00;

/** The characters that somebody's patterns mention. */
class Mentioned {
  readonly #codes = new Set<number>();
  /** Most of them; asked first, because a set is asked slowly. */
  readonly #ascii = new Uint8Array(128);

  add({ parts }: Glob): void {
    for (const part of parts) {
      for (let i = 0; i < part.length; i += 1) {
        const code = part.charCodeAt(i);
        if (code < 128) this.#ascii[code] = 1;
        else this.#codes.add(code);
      }
    }
  }

  addPattern({ segments }: Pattern): void {
    for (const { path, tags } of segments) {
      this.add(path);
      for (const tag of tags) this.add(tag);
    }
  }

  addStatement({ actions, patterns }: CompiledStatement): void {
    for (const glob of actionGlobs(actions)) this.add(glob);
    for (const pattern of patterns) this.addPattern(pattern);
  }

  has(code: number): boolean {
    return code < 128 ? this.#ascii[code] === 1 : this.#codes.has(code);
  }
}

/** A letter that none of them mentions: it stands for every character that they don't. The alphabet is open. */
const freshIn = (mentioned: Mentioned): string => {
  const used = (code: number) => mentioned.has(code);
  for (const letter of FAVOURITES) if (!used(letter.charCodeAt(0))) return letter;
  let code = BEYOND;
  while (used(code)) code += 1;
  return String.fromCharCode(code);
};

/** A letter that neither the rectangle nor any of the statements mentions. */
export const freshFor = ({ action, pattern }: Rectangle, statements: readonly CompiledStatement[]): string => {
  const mentioned = new Mentioned();
  mentioned.add(action);
  mentioned.addPattern(pattern);
  for (const statement of statements) mentioned.addStatement(statement);
  return freshIn(mentioned);
};
