import { hash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createTrust, createVerifier, type Verifier } from '@latchkey/core/verifier';
import type { SystemCredentialRecord } from '@latchkey/store';
import { createUseRecorder, type UseRecorder } from '../authenticate/record-uses.ts';
import type { ApiDeps } from '../deps.ts';
import { LEASE_MS } from '../settling/lease.ts';
import { createCredentialSource } from './credential-source.ts';
import { createHostFacts } from './host-facts.ts';
import { createSiblings, type Siblings } from './siblings.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';
import { createTokenSource, type TokenSubject } from './token-source.ts';
import { createWakeUps, type WakeUps } from './wake-ups.ts';

/** How many things may be remembered, and for how long though nothing is heard. */
export interface VerifyingOptions {
  readonly maxEntries?: number;
  readonly maxBytes?: number;
  /** Milliseconds; five minutes where left out. Of a remote host's members no longer than what is known of them. */
  readonly maxAgeMs?: number;
  /** Of what is known of a remote host's member, at most; of the embedded directory the feed tells everything. */
  readonly ownerFreshnessMs?: number;
  /** Of one verifier credential. */
  readonly maxRegistrations?: number;
}

/** The part of a process that says whether presented tokens are good: for itself, and for sibling services. */
export interface Verifying {
  readonly verifier: Verifier<TokenSubject>;
  /** The same for the installation's own credentials, by the same trust. */
  readonly credentials: Pick<Verifier<SystemCredentialRecord>, 'verify' | 'metrics'>;
  readonly siblings: Siblings;
  readonly uses: UseRecorder;
  /** Whoever waits for news. */
  readonly wakeUps: WakeUps;
  readonly subscriptions: Subscriptions;
  readonly nodeId: string;
  readonly name: string;
  readonly clocks: Clocks;
}

export interface Clocks {
  readonly monotonic: () => number;
  readonly wall: () => number;
}

type Parts = Pick<ApiDeps, 'store' | 'host' | 'directory' | 'crypto' | 'keys' | 'settings' | 'logger'>;

const FIVE_MINUTES_MS = 300_000;

/** An installation has as many as it has sibling services and operators. */
const MAX_CREDENTIALS = 10_000;
const MAX_CREDENTIAL_BYTES = 32 * 1_048_576;

const SYSTEM_CLOCKS: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/**
 * Put together, and trusting nothing: until `followFeed` has brought it a lease, each verification asks the store. So it is
 * in programs that follow no feed.
 */
export const createVerifying = (
  parts: Parts,
  options: VerifyingOptions = {},
  clocks: Clocks = SYSTEM_CLOCKS,
): Verifying => {
  const { maxEntries = 1_000_000, maxBytes = 512 * 1_048_576, maxRegistrations = 64 } = options;
  const { maxAgeMs: longestMs = FIVE_MINUTES_MS, ownerFreshnessMs = 5_000 } = options;
  const trust = createTrust({ ...clocks, leaseMs: LEASE_MS });
  // A remote host tells of what changes, and its telling may get lost.
  const maxAgeMs = parts.directory === null ? Math.min(ownerFreshnessMs, longestMs) : longestMs;
  const facts = createHostFacts({ host: parts.host, trust, maxAgeMs, maxFacts: 20_000 });
  const alike = { ...clocks, leaseMs: LEASE_MS, keyOf: (text: string) => hash('sha256', text, 'binary') };
  const verifier = createVerifier(
    {
      ...alike,
      maxEntries,
      maxBytes,
      source: createTokenSource({ ...parts, trust, facts, maxAgeMs }),
    },
    trust,
  );
  const credentials = createVerifier(
    {
      ...alike,
      maxEntries: MAX_CREDENTIALS,
      maxBytes: MAX_CREDENTIAL_BYTES,
      // Nobody is told when a credential was used last.
      maxUses: 0,
      source: createCredentialSource({ ...parts, trust, maxAgeMs: FIVE_MINUTES_MS }),
    },
    trust,
  );
  const wakeUps = createWakeUps();
  const siblings = createSiblings({
    monotonic: clocks.monotonic,
    maxRegistrations,
    onAcknowledgeable: () => wakeUps.wake('acknowledge'),
  });
  const uses = createUseRecorder({ store: parts.store, logger: parts.logger, takeUses: verifier.takeUses });
  const subscriptions = createSubscriptions(maxRegistrations);
  return {
    verifier,
    credentials,
    siblings,
    uses,
    wakeUps,
    subscriptions,
    nodeId: randomUUID(),
    name: `api ${hostname()} ${process.pid}`,
    clocks,
  };
};
