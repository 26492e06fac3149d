import { current } from './current-search.ts';
import { meets } from './demands.ts';
import { beginsAsTold, beginsTwice, fitsTold, fitsTwice } from './fit-told.ts';
import { loadedName } from './loaded-name.ts';
import { type Demand, MORE } from './sealed.ts';
import { LEAST, SHAPE } from './shape.ts';

// Engines look up what is imported at each use; what is declared here they don't.
const { demand: MORE_DEMAND, run: MORE_RUN, wild: MORE_WILD } = MORE;
const { below: SHAPE_BELOW, least: SHAPE_LEAST } = SHAPE;

/** Whether a pattern matches the loaded name of which its run and tail don't tell all; what more there is has a record. */
export const fitsMore = (shape: number, more: number): boolean => {
  const { words } = current;
  const run = words[more + MORE_RUN] as number;
  const wild = words[more + MORE_WILD] as number;
  const demand = words[more + MORE_DEMAND] as number;
  if (demand === 0) return loadedName.split ? fitsTwice(shape, run, wild) : beginsTwice(shape, run);
  // Only where a name may have tags or properties does a search come here.
  const asked = current.demands[demand - 1] as Demand;
  const { starts, ends, limit, stops, text } = loadedName;
  // What is asked for first: where most patterns stand that are tried the rest of them fits.
  if (!loadedName.split) {
    if (!meets(asked, 0, limit, limit, text.length)) return false;
    // Of such a text nothing but the last segment has tags: nothing below it is meant.
    const exact = shape & ~SHAPE_BELOW;
    return wild < 0 ? beginsAsTold(exact, run) : beginsTwice(exact, run);
  }
  const level = ((shape >> SHAPE_LEAST) & LEAST) - 1;
  return (
    level < loadedName.count &&
    meets(asked, level, starts[level] as number, ends[level] as number, stops[level] as number) &&
    (wild < 0 ? fitsTold(shape, run) : fitsTwice(shape, run, wild))
  );
};
