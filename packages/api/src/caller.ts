import type { CallOrigin } from './context.ts';
import type { CredentialPrincipal, OrganizationPrincipal } from './principal.ts';

/** Who calls a command, and where from: what it judges by and what its audit event says. */
export interface Caller {
  readonly principal: OrganizationPrincipal;
  readonly call: CallOrigin;
}

/** A sibling service, by the installation's verifier credential. */
export interface VerifierCaller {
  readonly principal: CredentialPrincipal;
  readonly call: CallOrigin;
}

/** Who runs the installation, by its operator credential. */
export interface OperatorCaller {
  readonly principal: CredentialPrincipal;
  readonly call: CallOrigin;
}
