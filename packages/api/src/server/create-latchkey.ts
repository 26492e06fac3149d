import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Crypto, Host, Tx } from '@latchkey/core';
import { LatchkeyError } from '@latchkey/core/errors';
import type { Directory } from '@latchkey/host';
import type { Store } from '@latchkey/store';
import type { Router } from 'express';
import type { Logger } from 'pino';
import { createDeniedCalls } from '../audit/denied-calls.ts';
import type { ApiContext } from '../context.ts';
import type { ApiDeps, ApiKeys, ApiSettings, AuditAuthority } from '../deps.ts';
import { createCallOrigins } from '../http/call-origin.ts';
import { createHttp } from '../http/create-http.ts';
import { identify } from '../http/identify.ts';
import { serializeError } from '../logger.ts';
import { createMetrics, type LatchkeyMetrics } from '../metrics/create-metrics.ts';
import { clearSessionCookie } from '../session/session-cookie.ts';
import { type AuthenticateMember, hostSignIn, noSignIn, sessionSignIn } from '../session/sign-in-method.ts';
import { createSettler } from '../settling/settler.ts';
import { type AppRouter, appRouter } from '../trpc/router.ts';
import { toTrpcError } from '../trpc/to-trpc-error.ts';
import { createDecisionRecorder } from '../usage/record-decisions.ts';
import { createVerifying, type VerifyingOptions } from '../verifying/create-verifying.ts';
import { followFeed, type ListenForChanges } from '../verifying/follow-feed.ts';
import { keepPresentPermissions } from './keep-permissions.ts';
import { type MemberRemoval, type RemovalReceipt, recordMemberRemoved, settleRemoval } from './member-removed.ts';

export interface LatchkeyOptions {
  readonly store: Store;
  readonly host: Host;
  /** `null` where the host owns members, groups and policies. */
  readonly directory: Directory | null;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly keys: ApiKeys;
  readonly settings: ApiSettings;
  readonly logger: Logger;
  /**
   * The host's word on who is calling. `'links'`: sessions of ours, begun by one-time links, instead; `null`: nobody
   * signs in here.
   */
  readonly authenticateMember: AuthenticateMember | 'links' | null;
  /**
   * Tells of changes as they are committed, such as `openListener` on `latchkey_change`, which needs a connection of its
   * own past any pooler. Left out, they are heard of by the next poll, some 300 ms later: stops take that long to settle.
   */
  readonly listenForChanges?: ListenForChanges;
  /** How much the verifier may remember, and for how long. */
  readonly verification?: VerifyingOptions;
  /** What checks of the audit trail rely on, beside the database. Left out: links alone, and nothing vouches for them. */
  readonly auditAuthority?: AuditAuthority;
  /** Folder of the console's built pages; left out, a page says that there are none. */
  readonly consoleFolder?: string | null;
}

/** Latchkey as a part of another application. Nothing of it is global: several can live in one process. */
export interface Latchkey {
  /** To be mounted at any path of an express application. */
  readonly express: () => Router;
  /**
   * Answers what is called for each request of somebody else's: `/forward-auth`, `/oauth/introspect` and single calls of
   * `verify.verify`, `verify.decide` and `verify.lookUp`. `false`: the request is another one, and untouched. To be asked
   * before the application where Latchkey has a server to itself: a framework costs more than a verification. The router of
   * `express` gives the same answers.
   */
  readonly answerVerification: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** For an application that has a tRPC router of its own: merged into it, with `context` as a part of its context. */
  readonly router: AppRouter;
  /**
   * Who makes an HTTP request, for the procedures of `router`.
   * @throws TRPCError where a credential is refused: no procedure of ours may run then.
   */
  readonly context: (request: IncomingMessage, response: ServerResponse) => Promise<ApiContext>;
  /**
   * The host removes a member: call it inside the transaction that does so, and `settle` after its commit. Closes the
   * member's gate (GATE-FIRST), ends its sessions, and records change, audit event and the cascade with it.
   */
  readonly memberRemoved: (tx: Tx, removal: MemberRemoval) => Promise<RemovalReceipt>;
  /**
   * Resolves once no verification that starts later accepts a token of that member (DEAD-ON-RETURN): when every verifier
   * has said so, or its lease is over. Called before the removal has been committed, it throws.
   */
  readonly settle: (receipt: RemovalReceipt) => Promise<{ readonly settled: true; readonly settledMs: number }>;
  /** For Prometheus: how verifications are answered, and how long stopping calls wait. To be served where only it can read. */
  readonly metrics: LatchkeyMetrics;
  /** Says to the probes that no more requests shall come, follows no changes any more, and writes down the last uses and decisions. The store is the caller's to close. */
  readonly close: () => Promise<void>;
}

/** @throws Error where the schema isn't this release's, or a setting can't be worked with: it then serves nothing. */
export const createLatchkey = async (options: LatchkeyOptions): Promise<Latchkey> => {
  const { authenticateMember, consoleFolder, listenForChanges, verification, ...parts } = options;
  // Errors of drivers carry statements and rows: what is logged of them isn't left to the host's logger (SECRET-ONCE).
  const logger = options.logger.child({}, { serializers: { err: serializeError } });
  const settler = createSettler({ feed: parts.store.feed, logger });
  const verifying = createVerifying({ ...parts, logger }, verification);
  const { verifier, uses } = verifying;
  const metrics = createMetrics({ verifying, settler, store: parts.store });
  const deniedCalls = createDeniedCalls({ ...parts, logger });
  const decisions = createDecisionRecorder({ ...parts, logger });
  const deps: ApiDeps = { ...parts, logger, verifying, verifier, uses, decisions, settler, deniedCalls };
  refuseWeakKeys(deps.keys);
  const pending = await deps.store.pendingMigrations();
  if (pending.length > 0) {
    throw new Error(
      `The database's schema is behind: run \`latchkey-server migrate\`. Missing: ${pending.join(', ')}.`,
    );
  }
  await keepPresentPermissions(deps);
  // From here on it is known for how long nothing of another incarnation can have a lease.
  settler.observe(await deps.store.feed.incarnation());

  const following = followFeed({ feed: deps.store.feed, verifying, logger, listen: listenForChanges });
  uses.begin();
  decisions.begin();
  deniedCalls.begin();

  let closing = false;
  const originOf = createCallOrigins(deps.settings.trustedProxyCount);
  const signIn =
    authenticateMember === null
      ? noSignIn
      : authenticateMember === 'links'
        ? sessionSignIn(deps)
        : hostSignIn(deps, authenticateMember);
  const http = createHttp({
    deps,
    router: appRouter,
    signIn,
    consoleFolder: consoleFolder ?? null,
    isClosing: () => closing,
  });
  return {
    express: http.createRouter,
    answerVerification: http.answer,
    router: appRouter,
    context: async (request, response) => {
      const call = originOf(request);
      const who = await identify(deps, signIn, request, call);
      const clearSession = () => clearSessionCookie(response);
      if (who.ok) return { deps, principal: who.principal, call, clearSession };
      if (who.endSession) clearSession();
      throw toTrpcError(new LatchkeyError(who.code));
    },
    metrics,
    memberRemoved: (tx, removal) => recordMemberRemoved(deps, tx, removal),
    settle: (receipt) => settleRemoval(deps, receipt),
    close: async () => {
      closing = true;
      settler.close();
      await following.close();
      await uses.close();
      await decisions.close();
      await deniedCalls.close();
    },
  };
};

/** HMAC-SHA-256 is as strong as its key: shorter ones than its output are refused (RFC 2104, section 3). */
const refuseWeakKeys = (keys: ApiKeys): void => {
  for (const [name, ring] of Object.entries(keys) as [string, ApiKeys[keyof ApiKeys]][]) {
    if (ring.some((key) => key.bytes.length < 32)) throw new Error(`A key of ${name} is shorter than 32 bytes.`);
    if (new Set(ring.map((key) => key.id)).size !== ring.length) throw new Error(`Two keys of ${name} have one id.`);
  }
};
