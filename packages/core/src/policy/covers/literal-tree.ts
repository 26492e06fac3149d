import { DEAD } from './automaton.ts';

interface Branch {
  readonly next: Map<string, number>;
  /** What ends here. */
  readonly places: number[];
}

/** Many literals as one automaton: a state is the beginning that they share. */
export class LiteralTree {
  static readonly ROOT = 0;
  readonly #branches: Branch[] = [{ next: new Map(), places: [] }];

  add(literal: string, place: number): void {
    let state = LiteralTree.ROOT;
    for (const character of literal) {
      let after = this.#at(state).next.get(character);
      if (after === undefined) {
        after = this.#branches.push({ next: new Map(), places: [] }) - 1;
        this.#at(state).next.set(character, after);
      }
      state = after;
    }
    this.#at(state).places.push(place);
  }

  next(state: number, character: string): number {
    return state === DEAD ? DEAD : (this.#at(state).next.get(character) ?? DEAD);
  }

  characters(state: number): Iterable<string> {
    return state === DEAD ? [] : this.#at(state).next.keys();
  }

  get alphabet(): readonly string[] {
    return this.#branches.flatMap(({ next }) => [...next.keys()]);
  }

  endingAt(state: number): readonly number[] {
    return state === DEAD ? [] : this.#at(state).places;
  }

  #at(state: number): Branch {
    return this.#branches[state] as Branch;
  }
}
