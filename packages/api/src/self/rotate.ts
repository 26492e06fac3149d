import type { Output, ParsedInput } from '@latchkey/contract';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { rotateBy } from '../tokens/rotate.ts';
import { requireToken } from './require-token.ts';

/** The calling token replaces its own secret: no permission is needed, because it is handed nothing that it hasn't got. */
export const rotateSelf = (
  deps: ApiDeps,
  by: Caller,
  { wait, ...input }: ParsedInput<'self', 'rotate'>,
): Promise<Output<'self', 'rotate'>> => {
  const { tokenId } = requireToken(by).token;
  return rotateBy(deps, by, { procedure: 'self.rotate', input }, tokenId, { ...input, wait });
};
