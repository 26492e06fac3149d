import type { Output, ParsedInput } from '@latchkey/contract';
import type { VerifierCaller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { decideForToken, toRequest } from '../permissions/decide-for.ts';
import { authenticateFor } from './authenticate-for.ts';
import { acceptedView } from './verify.ts';

/** Whether a presented token is good and may make this request, by one look at both. */
export const decideToken = async (
  deps: ApiDeps,
  by: VerifierCaller,
  input: ParsedInput<'verify', 'decide'>,
): Promise<Output<'verify', 'decide'>> => {
  const request = toRequest(input.request, 'request');
  const found = await authenticateFor(deps, by, input);
  if (!found.accepted) return { verdict: found, decision: null };
  return { verdict: acceptedView(found.principal), decision: decideForToken(deps, found.principal, request) };
};
