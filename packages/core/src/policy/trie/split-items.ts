import { type Anchor, type ProbePlan, planProbe, slotOfText } from './probe.ts';
import { anchorOf, levelOf, type ProbeKey } from './probe-keys.ts';
import type { PatternRecord } from './segment-records.ts';

/** A statement at one of its patterns. */
export interface Item {
  readonly word: number;
  readonly group: number;
  readonly pattern: PatternRecord;
  /** As in a record: 0 where all actions that lead here match. */
  readonly actions: number;
}

/** Items that a probe finds, by the slots of its table, and the others. */
export interface Split {
  readonly level: number;
  readonly anchor: Anchor;
  readonly places: readonly number[];
  readonly size: number;
  readonly slots: ReadonlyMap<number, readonly Item[]>;
  readonly others: readonly Item[];
}

/** Looking something up costs about as much as looking at so many items. */
const COST = 2;
const FEW = 3;

/**
 * Splits off those that one probe tells apart best: most are then never looked at. `null` where none is worth it.
 * `byTag`: whether tags may be asked for; an item stands under each of its tags, which is linear only once.
 */
export const splitItems = (items: readonly Item[], byTag: boolean): Split | null => {
  if (items.length <= FEW) return null;
  const worth = worthOf(items).filter(([kind]) => byTag || anchorOf(kind) !== 'tag');
  for (const [kind] of worth.sort(([, a], [, b]) => b - a)) {
    const split = splitBy(items, kind);
    if (split !== null) return split;
  }
  return null;
};

/** For each kind of probe that saves anything, how many items it speaks for at what cost. */
const worthOf = (items: readonly Item[]): [kind: number, worth: number][] => {
  const kinds = new Map<number, { readonly counts: Map<string, number>; items: number; squares: number }>();
  for (const { pattern } of items) {
    for (const { kind, texts } of pattern.keys) {
      let found = kinds.get(kind);
      if (found === undefined) {
        found = { counts: new Map(), items: 0, squares: 0 };
        kinds.set(kind, found);
      }
      found.items += 1;
      for (const text of texts) {
        const count = found.counts.get(text) ?? 0;
        found.squares += 2 * count + 1;
        found.counts.set(text, count + 1);
      }
    }
  }
  return [...kinds].flatMap(([kind, { items: count, squares }]): [number, number][] => {
    // What a name leads to that leads to one of them.
    const found = squares / count;
    return count - found <= COST ? [] : [[kind, count / (2 * found + COST)]];
  });
};

const splitBy = (items: readonly Item[], kind: number): Split | null => {
  const keys = new Map<Item, ProbeKey>();
  for (const item of items) {
    const key = item.pattern.keys.find((one) => one.kind === kind);
    if (key !== undefined) keys.set(item, key);
  }
  const anchor = anchorOf(kind);
  const { plan, left } = planOf([...new Set([...keys.values()].flatMap(({ texts }) => texts))], anchor);
  for (const [item, { texts }] of keys) if (texts.some((text) => left.has(text))) keys.delete(item);
  if (keys.size < FEW) return null;
  const distinct = new Set([...keys.values()].flatMap(({ texts }) => texts)).size;
  let size = 2;
  // Three of four places are empty: what is found by chance costs more than the table.
  while (size < 4 * distinct) size *= 2;
  const slots = new Map<number, Item[]>();
  let most = 0;
  for (const [item, { texts }] of keys) {
    for (const text of texts) {
      const slot = slotOfText(text, plan, size - 1);
      const list = slots.get(slot);
      if (list === undefined) slots.set(slot, [item]);
      else if (list.at(-1) !== item) most = Math.max(most, list.push(item));
    }
  }
  // Nearly all in one place, which texts that are made for it can bring about: going on like this would not end soon.
  if (most > (7 / 8) * items.length) return null;
  const others = items.filter((item) => !keys.has(item));
  return { level: levelOf(kind), anchor, places: plan.places, size, slots, others };
};

/** Short beginnings and ends tell little about a text: those that spoil the table for the others are left out of it. */
const planOf = (
  texts: readonly string[],
  anchor: Anchor,
): { readonly plan: ProbePlan; readonly left: ReadonlySet<string> } => {
  if (anchor === 'path' || anchor === 'tag') return { plan: planProbe(texts, anchor), left: new Set() };
  const sorted = [...texts].sort((a, b) => a.length - b.length);
  let best = { plan: planProbe(sorted, anchor), from: 0 };
  for (let from = 1; from <= LEFT_OUT && from < sorted.length - 1; from += 1) {
    if (best.plan.found < 2) break;
    // Of one length all or none: the shortest says how far may be looked.
    if (sorted[from]?.length === sorted[from - 1]?.length) continue;
    const plan = planProbe(sorted.slice(from), anchor);
    if (plan.found + from < best.plan.found + best.from) best = { plan, from };
  }
  return { plan: best.plan, left: new Set(sorted.slice(0, best.from)) };
};

const LEFT_OUT = 8;
