/** From a value to a place in the picture, the same distance for the same ratio. */
export interface Scale {
  readonly at: (value: number) => number;
  /** The powers of ten within it. */
  readonly ticks: readonly number[];
}

/** Covers all of the values, from one power of ten to another. */
export const logScale = (values: readonly number[], from: number, to: number): Scale => {
  const exponents = values.map(Math.log10);
  const least = Math.floor(Math.min(...exponents));
  const most = Math.max(least + 1, Math.ceil(Math.max(...exponents)));
  return {
    at: (value) => from + ((Math.log10(value) - least) / (most - least)) * (to - from),
    ticks: Array.from({ length: most - least + 1 }, (_, i) => 10 ** (least + i)),
  };
};

/** Moves places apart until each two are so far from each other, no place beyond `most`; keeps their order. */
export const spread = (places: readonly number[], gap: number, most: number): readonly number[] => {
  const order = places.map((_, i) => i).sort((a, b) => (places[a] as number) - (places[b] as number));
  const moved = [...places];
  let next = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    moved[i] = Math.max(moved[i] as number, next);
    next = (moved[i] as number) + gap;
  }
  let last = most;
  for (const i of order.reverse()) {
    moved[i] = Math.min(moved[i] as number, last);
    last = (moved[i] as number) - gap;
  }
  return moved;
};
