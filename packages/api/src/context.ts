import type { ApiDeps } from './deps.ts';
import type { Principal } from './principal.ts';

/** What one procedure call knows. */
export interface ApiContext {
  readonly deps: ApiDeps;
  /** `null`: no credential and no session. A credential that was refused never gets this far. */
  readonly principal: Principal | null;
  readonly call: CallOrigin;
  /** Ends the console session's cookie in the HTTP answer. */
  readonly clearSession: () => void;
}

/** Where a call came from; goes into audit events and logs. */
export interface CallOrigin {
  readonly requestId: string;
  /** The caller's address after trusted proxies. */
  readonly address: string | null;
  /** User-Agent, cut to 256 characters. */
  readonly client: string | null;
}
