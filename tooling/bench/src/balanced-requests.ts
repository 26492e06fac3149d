import { createRegularExpressions } from './engines/regular-expressions.ts';
import { createWorld, type World } from './world.ts';

/** So many more requests are made than asked for, until there are enough of both kinds. */
const MORE = 8;

/** The world with as many requests that are denied as are allowed, in the order in which chance made them. */
export const createBalancedWorld = (
  size: number,
  options: { readonly seed: number; readonly requests: number },
): World => {
  const { statements, requests } = createWorld(size, { ...options, requests: options.requests * MORE });
  const baseline = createRegularExpressions({ statements, requests });
  const wanted = { allowed: options.requests / 2, denied: options.requests / 2 };
  const chosen = requests.filter((request) => {
    if (wanted.allowed + wanted.denied === 0) return false;
    const kind = baseline.decide(baseline.prepare(request)) ? 'allowed' : 'denied';
    if (wanted[kind] === 0) return false;
    wanted[kind] -= 1;
    return true;
  });
  if (wanted.allowed + wanted.denied > 0)
    throw new Error(`Of ${size} statements' requests too many are decided alike.`);
  return { statements, requests: chosen };
};
