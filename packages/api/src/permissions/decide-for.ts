import type { DecisionView, Output } from '@latchkey/contract';
import { LatchkeyError } from '@latchkey/core/errors';
import {
  decideLayers,
  InvalidResourceName,
  type PermissionLayer,
  parseResource,
  type Request,
  resourcePath,
} from '@latchkey/core/policy';
import type { ApiDeps } from '../deps.ts';
import type { TokenPrincipal } from '../principal.ts';

/** A request as a client sends it. A resource name that isn't one is `BAD_INPUT`; it is not repeated. */
export const toRequest = (
  { action, resource }: { readonly action: string; readonly resource: unknown },
  path: string,
): Request => {
  try {
    return { action, resource: parseResource(resource) };
  } catch (error) {
    if (!(error instanceof InvalidResourceName)) throw error;
    const problem = { path: `${path}.resource`, code: 'invalid_resource_name', message: error.message };
    throw new LatchkeyError('BAD_INPUT', { problems: [problem] });
  }
};

/** The decision of all layers; a refusal says whose permissions refused, and what is missing. */
export const decideFor = (layers: readonly PermissionLayer[], request: Request): DecisionView => {
  const decision = decideLayers(layers, request);
  if (decision.effect === 'allow') return { effect: 'allow' };
  return {
    effect: 'deny',
    because: decision.because,
    layer: decision.layer,
    missing: { action: request.action, resource: resourcePath(request.resource) },
  };
};

/** The same for a token that somebody has presented to a sibling service: such decisions are counted. */
export const decideForToken = (
  { decisions }: Pick<ApiDeps, 'decisions'>,
  principal: TokenPrincipal,
  request: Request,
): DecisionView => {
  const decision = decideFor(principal.layers, request);
  decisions?.note(principal, request, decision.effect);
  return decision;
};

/** Several requests of one call, each read by `toRequest`. */
export const toRequests = (requests: readonly { readonly action: string; readonly resource: unknown }[]): Request[] =>
  requests.map((request, index) => toRequest(request, `requests[${index}]`));

/** The decisions of all layers on several requests, each with the request's words: tags and properties left out. */
export const decideAll = (
  layers: readonly PermissionLayer[],
  requests: readonly Request[],
): Output<'permissions', 'decide'>['decisions'] =>
  requests.map((request) => ({
    action: request.action,
    resource: typeof request.resource === 'string' ? request.resource : resourcePath(request.resource),
    decision: decideFor(layers, request),
  }));
