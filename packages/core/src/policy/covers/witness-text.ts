import { isControl } from '../control-character.ts';
import { decide } from '../decide.ts';
import type { PermissionSet } from '../permission-set.ts';
import type { Witness } from './witness.ts';

/** A request as text, for people to read and for `decide` to take. */
export interface Counterexample {
  readonly action: string;
  readonly resource: string;
}

/**
 * The witness as text, or `null` where there is none: it has an empty part, can't be printed, holds what would be read as
 * something else, is too long, or turns out not to be one. Nothing is shown that `decide` didn't confirm on both sets.
 */
export const counterexampleOf = (
  witness: Witness,
  outer: PermissionSet,
  inner: PermissionSet,
): Counterexample | null => {
  const { action, name } = witness;
  const resource = name
    .map(({ path, tags, properties }) => {
      const details = [...(tags ?? []), ...[...(properties ?? [])].map(([key, value]) => `{${key}:${value}}`)];
      return details.length === 0 ? path : `${path};${details.join(',')}`;
    })
    .join(':');
  if (name.some(({ path }) => path === '') || !isPrintable(action) || !isPrintable(resource)) return null;
  const request = { action, resource };
  return decide(inner, request).effect === 'allow' && decide(outer, request).effect === 'deny' ? request : null;
};

const isPrintable = (text: string): boolean => {
  for (let i = 0; i < text.length; i += 1) if (isControl(text.charCodeAt(i))) return false;
  return text.isWellFormed();
};
