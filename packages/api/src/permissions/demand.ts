import { LatchkeyError } from '@latchkey/core/errors';
import { decideLayers, type Request, resourcePath } from '@latchkey/core/policy';
import type { OrganizationPrincipal } from '../principal.ts';

/** Whether a caller may make this request, with the permissions of this very call. */
export const may = (principal: OrganizationPrincipal, request: Request): boolean =>
  decideLayers(principal.layers, request).effect === 'allow';

/** Refuses a request that the caller may not make. */
export const demand = (principal: OrganizationPrincipal, request: Request): void => {
  if (!may(principal, request)) throw notAllowed(principal, request);
};

/** The caller is told what it lacks, and whose permissions lack it. */
export const notAllowed = (principal: OrganizationPrincipal, request: Request): LatchkeyError => {
  const decision = decideLayers(principal.layers, request);
  return new LatchkeyError('NOT_ALLOWED', {
    action: request.action,
    resource: resourcePath(request.resource),
    ...(decision.effect === 'deny' ? { layer: decision.layer, because: decision.because } : {}),
  });
};
