import type { NameSegment } from '../request.ts';
import { flawOf } from './classes.ts';
import type { Witness } from './witness.ts';

/**
 * BOUNDED-WORK: how many trials are left. Each makes something shorter or is one of a pass that finds nothing more, and is
 * as dear as two decisions. Whoever shortens many witnesses has one for all of them.
 */
export class Trials {
  #left: number;

  constructor(count: number) {
    this.#left = count;
  }

  /** Whether there was still one left. */
  take(): boolean {
    this.#left -= 1;
    return this.#left >= 0;
  }

  get exhausted(): boolean {
    return this.#left <= 0;
  }
}

/** For one witness. */
const TRIALS = 2_000;

/**
 * Leaves out of a witness what it takes to be one without: segments at the end, tags, properties, characters of paths and
 * tags. Not always the shortest there is, and never longer or barer than it was.
 */
export const shorten = (
  witness: Witness,
  holds: (shorter: Witness) => boolean,
  trials: Trials = new Trials(TRIALS),
): Witness => {
  let best = witness;
  const attempt = (name: readonly NameSegment[]): boolean => {
    if (!trials.take() || !holds({ action: best.action, name })) return false;
    best = { action: best.action, name };
    return true;
  };
  while (best.name.length > 1 && attempt(best.name.slice(0, -1)));
  for (let i = 0; i < best.name.length; i += 1) {
    const segment = () => best.name[i] as NameSegment;
    const replace = (change: Partial<NameSegment>) => attempt(best.name.with(i, { ...segment(), ...change }));
    for (const key of segment().properties?.keys() ?? []) {
      const properties = new Map(segment().properties);
      properties.delete(key);
      replace({ properties });
    }
    for (const tag of segment().tags ?? []) replace({ tags: segment().tags?.filter((other) => other !== tag) ?? null });
    shortenText(segment().path, 'path', trials, (path) => replace({ path }));
    for (let t = 0; t < (segment().tags?.length ?? 0); t += 1) {
      shortenText(segment().tags?.[t] as string, 'tag', trials, (tag) =>
        replace({ tags: segment().tags?.with(t, tag) ?? null }),
      );
    }
  }
  return best;
};

/** One run of characters after another, half of the text at first and then ever fewer. */
const shortenText = (
  text: string,
  kind: 'path' | 'tag',
  trials: Trials,
  attempt: (shorter: string) => boolean,
): void => {
  let characters = [...text];
  for (let run = characters.length >> 1; run > 0; run >>= 1) {
    for (let at = 0; at + run <= characters.length && !trials.exhausted; ) {
      const shorter = characters.toSpliced(at, run);
      const joined = shorter.join('');
      if (joined !== '' && flawOf(joined, kind) <= flawOf(text, kind) && attempt(joined)) characters = shorter;
      else at += 1;
    }
  }
};
