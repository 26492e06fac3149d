import type { Points } from './points.ts';
import type { Witness } from './witness.ts';
import type { Counterexample } from './witness-text.ts';

/** The best counterexample so far. */
export class Best {
  #points: Points = Number.POSITIVE_INFINITY;
  #found: { readonly witness: Witness; readonly counterexample: Counterexample } | null = null;
  /** Whether some search for a better one was given up. */
  unproved = false;

  get points(): Points {
    return this.#points;
  }

  get found(): { readonly witness: Witness; readonly counterexample: Counterexample } | null {
    return this.#found;
  }

  offer(points: Points, witness: Witness, counterexample: Counterexample): void {
    if (points >= this.#points) return;
    this.#points = points;
    this.#found = { witness, counterexample };
  }
}
