import type { Output, ParsedInput } from '@latchkey/contract';
import type { Caller } from '../caller.ts';
import { decideAll, toRequests } from './decide-for.ts';

/** What the caller itself may do at this moment: a member's permissions, or a presented token's effective ones. */
export const decideOwn = (
  { principal }: Caller,
  input: ParsedInput<'permissions', 'decide'>,
): Output<'permissions', 'decide'> => ({ decisions: decideAll(principal.layers, toRequests(input.requests)) });
