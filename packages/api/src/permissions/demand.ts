import { LatchkeyError } from '@latchkey/core/errors';
import { decideLayers, type Request, resourcePath } from '@latchkey/core/policy';
import type { OrganizationPrincipal } from '../principal.ts';

/** Whether a caller may make this request, with the permissions of this very call. */
export const may = (principal: OrganizationPrincipal, request: Request): boolean =>
  decideLayers(principal.layers, request).effect === 'allow';

/** The same where the answer is acted on and not only shown: a token has used its permission. */
export const use = (principal: OrganizationPrincipal, request: Request): boolean => {
  const allowed = may(principal, request);
  if (allowed && principal.type === 'token') principal.note?.(request, 'allow');
  return allowed;
};

/** Refuses a request that the caller may not make. */
export const demand = (principal: OrganizationPrincipal, request: Request): void => {
  if (!use(principal, request)) throw notAllowed(principal, request);
};

/** The caller is told what it lacks, and whose permissions lack it. */
export const notAllowed = (principal: OrganizationPrincipal, request: Request): LatchkeyError => {
  const decision = decideLayers(principal.layers, request);
  if (principal.type === 'token') principal.note?.(request, 'deny');
  return new LatchkeyError('NOT_ALLOWED', {
    action: request.action,
    resource: resourcePath(request.resource),
    ...(decision.effect === 'deny' ? { layer: decision.layer, because: decision.because } : {}),
  });
};
