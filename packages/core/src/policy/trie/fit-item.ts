import { type ActionPattern, matchesAction } from '../statement.ts';
import { current } from './current-search.ts';
import { fitsMore } from './fit-more.ts';
import { fitsName } from './fit-name.ts';
import { fitsText } from './fit-text.ts';
import { beginsAsTold, fitsTold } from './fit-told.ts';
import { loadedName } from './loaded-name.ts';
import { ITEM } from './sealed.ts';
import { SHAPE } from './shape.ts';

const { shape: AT_SHAPE, place: AT_PLACE } = ITEM;
const { told: TOLD, actions: ACTIONS, more: SHAPE_MORE } = SHAPE;

/** Whether an item matches the loaded name, and the action where that isn't known. */
export const fits = (item: number): boolean => {
  const { words } = current;
  const shape = words[item + AT_SHAPE] as number;
  const place = words[item + AT_PLACE] as number;
  if ((shape & ACTIONS) === 0) return fitsAtPlace(shape, place);
  const actions = current.actions[(words[place + 1] as number) - 1] as ActionPattern;
  return fitsAtPlace(shape, words[place] as number) && matchesAction(actions, current.action);
};

const fitsAtPlace = (shape: number, place: number): boolean => {
  if ((shape & TOLD) === 0) return loadedName.split ? fitsName(place) : fitsText(place);
  if ((shape & SHAPE_MORE) !== 0) return fitsMore(shape, place);
  return loadedName.split ? fitsTold(shape, place) : beginsAsTold(shape, place);
};
