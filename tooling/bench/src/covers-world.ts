import { covers } from '@latchkey/core/policy';
import { toPermissions } from './engines/latchkey.ts';
import { createRandom, pick } from './random.ts';
import { createWorld, type WorldStatement } from './world.ts';

/**
 * An issuer, and a token whose statements are the issuer's allows, narrowed: as people write them, covered. With `excess`
 * the last one goes further than the issuer does.
 */
export const createCoversWorld = (
  issuerSize: number,
  tokenSize: number,
  options: { readonly seed: number; readonly excess: boolean },
): { readonly issuer: readonly WorldStatement[]; readonly token: readonly WorldStatement[] } => {
  const random = createRandom(options.seed * 7_919 + issuerSize);
  const issuer = createWorld(issuerSize, { seed: options.seed, requests: 0 }).statements;
  const outer = toPermissions(issuer);
  const allows = issuer.filter(({ effect }) => effect === 'allow');
  const narrowed = (): WorldStatement => {
    const wide = pick(random, allows);
    return {
      ...wide,
      actions: [pick(random, wide.actions)],
      environment: wide.environment === '*' ? 'production' : wide.environment,
      flag: wide.flag === null ? null : wide.flag.replace('*', random(2) === 0 ? '*' : `${random(9)}`),
    };
  };
  const token: WorldStatement[] = [];
  while (token.length < tokenSize) {
    const covered = !options.excess || token.length < tokenSize - 1;
    const statement = covered ? narrowed() : { ...narrowed(), project: `${pick(random, issuer).project}-*` };
    if (covers(outer, toPermissions([statement])).covered === covered) token.push(statement);
  }
  return { issuer, token };
};
