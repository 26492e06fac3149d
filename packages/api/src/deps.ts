import type { Clock, Crypto, Host, KeyRing } from '@latchkey/core';
import type { Verifier } from '@latchkey/core/verifier';
import type { Directory } from '@latchkey/host';
import type { AnchorSource, Store } from '@latchkey/store';
import type { Logger } from 'pino';
import type { DeniedCalls } from './audit/denied-calls.ts';
import type { UseRecorder } from './authenticate/record-uses.ts';
import type { Settler } from './settling/settler.ts';
import type { DecisionRecorder } from './usage/record-decisions.ts';
import type { Verifying } from './verifying/create-verifying.ts';
import type { TokenSubject } from './verifying/token-source.ts';

/** Everything that commands and the HTTP side use. Each part is given; none is global. */
export interface ApiDeps {
  readonly store: Store;
  readonly host: Host;
  /** The embedded directory, or `null` where a host owns members, groups and policies (`HOST_OWNS_THIS`). */
  readonly directory: Directory | null;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keys: ApiKeys;
  readonly settings: ApiSettings;
  /** Whether a presented token is good: every verification of this process goes through it. */
  readonly verifier: Verifier<TokenSubject>;
  /** What this process knows of the change feed, and who else hears of it from here. */
  readonly verifying: Verifying;
  /** Where accepted secrets are noted. */
  readonly uses: UseRecorder;
  /** Where decisions on tokens are counted. Left out: nowhere, as in a command, which decides nothing. */
  readonly decisions?: DecisionRecorder;
  /** Who waits for what was stopped. */
  readonly settler: Settler;
  /** Where refused calls are noted. Left out: nowhere, as in a command, which refuses nobody. */
  readonly deniedCalls?: DeniedCalls;
  /** Where the worker captures mail, in development without an SMTP server. Left out: it is sent, or there is none. */
  readonly mailFolder?: string;
  /** Where the worker's board is, and whose administrators it lets in. Left out: nobody is told of it. */
  readonly board?: { readonly url: string; readonly organizationId: string };
  /** What checks of the audit trail rely on, beside the database. Left out: links alone, and nothing vouches for them. */
  readonly auditAuthority?: AuditAuthority;
}

export interface AuditAuthority {
  /** Asked at each check, because the worker may make them later than this process starts; `null`: not known here. */
  keys(): Promise<KeyRing | null>;
  readonly anchors: AnchorSource | null;
}

/** Configuration, never in the database. */
export interface ApiKeys {
  readonly peppers: KeyRing;
  readonly tagKeys: KeyRing;
  /** Signs keyset cursors. */
  readonly cursorKeys: KeyRing;
}

export interface ApiSettings {
  /** Accepted prefixes; the first one is minted. */
  readonly prefixes: readonly [string, ...string[]];
  /** Where people reach this installation, without a slash at its end. */
  readonly publicUrl: string;
  /** Milliseconds. */
  readonly sessionIdleMs: number;
  readonly sessionAbsoluteMs: number;
  readonly signInLinkMs: number;
  /** Sign-in attempts of one address that are let through in a window; successful ones don't count. */
  readonly signInAttempts: { readonly count: number; readonly windowMs: number };
  /** How many proxies in front are trusted to append to X-Forwarded-For; 0 for none. */
  readonly trustedProxyCount: number;
  /**
   * Lets whoever reaches this server sign in as any member of the demo: for a tour on one's own machine. Left out: no.
   */
  readonly demo?: boolean;
}
