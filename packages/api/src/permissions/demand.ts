import { LatchkeyError } from '@latchkey/core/errors';
import { decideLayers, type Request, resourcePath } from '@latchkey/core/policy';
import type { OrganizationPrincipal } from '../principal.ts';

/** Whether a caller may make this request, with the permissions of this very call. */
export const may = (principal: OrganizationPrincipal, request: Request): boolean =>
  decideLayers(principal.layers, request).effect === 'allow';

/** Refuses a request that the caller may not make; the caller learns what it lacks, and in which layer. */
export const demand = (principal: OrganizationPrincipal, request: Request): void => {
  const decision = decideLayers(principal.layers, request);
  if (decision.effect === 'allow') return;
  throw new LatchkeyError('NOT_ALLOWED', {
    action: request.action,
    resource: resourcePath(request.resource),
    layer: decision.layer,
    because: decision.because,
  });
};
