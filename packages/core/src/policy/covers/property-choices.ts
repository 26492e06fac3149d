import type { SegmentPattern } from '../pattern.ts';
import type { LeaningSegment, Walk } from './segment-choices.ts';

export interface PropertyChoice {
  readonly properties: ReadonlyMap<string, string>;
  readonly cost: number;
}

/**
 * Each set of properties that makes a difference for the better. A value that nobody wants is left away: an absent
 * property matches no pattern that asks for it, and stands for every value that none asks for.
 */
export const propertyChoices = (
  base: SegmentPattern,
  patterns: readonly LeaningSegment[],
  { budget }: Walk,
): readonly PropertyChoice[] | null => {
  const wantedOf = new Map<string, Set<string>>();
  for (const { segment, wanted } of patterns) {
    if (!wanted) continue;
    for (const [key, value] of segment.properties) wantedOf.set(key, (wantedOf.get(key) ?? new Set()).add(value));
  }
  let choices: readonly PropertyChoice[] = [propertiesOf(base.properties)];
  for (const [key, values] of wantedOf) {
    if (choices[0]?.properties.has(key)) continue;
    if (!budget.spend(choices.length * (values.size + 1) * (wantedOf.size + 1))) return null;
    choices = choices.flatMap((choice) => [
      choice,
      ...[...values].map((value) => propertiesOf([...choice.properties, [key, value]])),
    ]);
  }
  return choices;
};

const propertiesOf = (list: readonly (readonly [string, string])[]): PropertyChoice => ({
  properties: new Map(list),
  cost: list.reduce((sum, [key, value]) => sum + key.length + value.length + 4, 0),
});
